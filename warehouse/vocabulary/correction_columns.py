"""The sheet, the columns and the mark that a correction workbook adds to its sender's own.

For who writes it (`pages`) and who reads it back (`ingest`). Ends at texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

HOW = "怎么改"
"""The sheet that says by rule what is wrong and what to do."""
CODES, SPELLINGS = "代码表", "代码写法"
"""The sheet with what may be chosen, and the hidden one with all that is understood; nobody takes either for data."""
BESIDE = frozenset({HOW, CODES, SPELLINGS})
"""The sheets of a workbook that hold no rows."""
PLACE = "原行号"
"""The column that says which row of the submission each row is."""
OPINION, ACTION, REASON = "校验意见", "处理方式", "情况说明"
"""Columns before the sender's own, in older workbooks behind them: what is wrong with the row; what the sender did
about it; and why it is right."""
LIVE = "即时核对"
"""The column of a workbook or template that says what is wrong while it is filled in; nobody's data."""
KEEP, WITHDRAW = "保留此条", "作废"
"""Words of 处理方式: which of several rows on one key stays, and which row does not stand."""
MARK = "skills_correction"
"""The name of the document property, and of each sheet's defined name, whose text is the submission's id. Programs keep
the property when they save under another format, and the name when a sheet is copied into another workbook."""
ROWS = "skills_correction_rows_"
"""How the defined names begin whose texts together say which rows were written: `packed` places, in pieces."""
_LONGEST_NAME = 240
"""A defined name holds a text of at most 255 characters."""
_SHEETS_APART = "*"
"""No workbook lets a sheet have it in its name, and no program takes it for white space."""
_MOST_ROWS = 1_048_576
"""A sheet has no more rows; a text that says so is not ours."""
Action = Literal["correct", "withdraw", "explain", "keep"]
ACTIONS: dict[str, Action] = {"更正": "correct", WITHDRAW: "withdraw", "说明": "explain", KEEP: "keep"}
"""The words that a workbook offers in 处理方式."""
_SPELLINGS: dict[str, Action] = {
    spelling: ACTIONS[word]
    for word, spellings in (
        ("更正", "已更正 更正了 修改 已修改 修改了 改了 已改 已改好 改正 已改正 更改 已更改 订正 修正"),
        (KEEP, "保留 保留此行 保留本行 保留本条"),
        ("作废", "删除 已删除 删了 已删 删掉 删除此行 删除此条 删除本行 不要 不要了 不报 不应报送"),
        ("作废", "撤销 撤消 撤回 取消 重复 重复行 重复删除 重复作废 已作废 作废此行 作废此条 剔除"),
        ("说明", "已说明 情况说明 属实 情况属实 核实无误 经核实无误 已核实 无误"),
    )
    for spelling in spellings.split()
}
"""What clerks write there instead, without marks and blanks."""
_NOT_IN_A_WORD = re.compile(r"[\W_]+")

_SUBMISSION = (
    r"(?P<unit>[A-Z]+(?:\.[A-Z0-9]+(?:-[A-Z]+)?)?)-(?P<dataset>[a-z_]+)-(?P<period>[0-9A-Z-]+)-(?P<digest>[0-9a-f]{12})"
)
_ID = re.compile(rf"(?<![A-Za-z0-9]){_SUBMISSION}(?![0-9a-f])")
_PLACE = re.compile(r"\s*原\s*行\s*号\s*(?:[(（\[【].*)?", re.DOTALL)
IDENTITY = r"\s*((?:[^\n]*!)?[0-9]+)#([0-9a-f]{12})\s*"
"""What a cell of `row_identity` looks like, as Python and Arrow both know it."""
_IDENTITY = re.compile(IDENTITY)


@dataclass(frozen=True)
class SubmissionName:
    """What a submission's id says."""

    submission_id: str
    unit: str
    dataset: str
    period: str
    digest: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.dataset, self.unit, self.period


def submission_in(text: str) -> SubmissionName | None:
    """The submission whose id stands in a text, such as the workbook's name."""
    match = _ID.search(text)
    return SubmissionName(match[0], **match.groupdict()) if match else None


def place_header(submission_id: str) -> str:
    """The header of the column that says where a row stood; it names the submission, so that the workbook is known
    by whatever of it is sent back."""
    return f"{PLACE}（{submission_id}）"


def is_place(header: str) -> bool:
    """Is it the header of `place_header`, or what somebody left of it?"""
    return _PLACE.fullmatch(header) is not None


def answered(header: str) -> str | None:
    """The submission that a header of `place_header` names; null for any other header."""
    named = submission_in(header) if is_place(header) else None
    return named.submission_id if named else None


def place(sheet: str | None, row: int) -> str:
    """Where a row stood in the file as it was first sent."""
    return str(row) if sheet is None else f"{sheet}!{row}"


def row_identity(submission_id: str, sheet: str | None, row: int) -> str:
    """The row's place and which version of which submission it is of: a cell that is known without header, workbook or
    file name, and that no spreadsheet takes for a number."""
    return f"{place(sheet, row)}#{submission_id[-12:]}"


def identified(cell: str) -> tuple[str, str | None]:
    """Place and digest of a cell of `row_identity`; without digest where it holds a place alone."""
    match = _IDENTITY.fullmatch(cell)
    return (match[1], match[2]) if match else (cell.strip(), None)


def action(cell: str | None) -> Action | None:
    """What a cell of 处理方式 asks for; null where it is empty or means nothing here."""
    word = _NOT_IN_A_WORD.sub("", cell or "")
    return ACTIONS.get(word) or _SPELLINGS.get(word)


def packed(places: Iterable[str]) -> str:
    """Places of rows as one text: sheet by sheet, runs of rows as first-last."""
    numbers: dict[str, set[int]] = {}
    for written in places:
        sheet, mark, number = written.rpartition("!")
        numbers.setdefault(sheet + mark, set()).add(int(number))
    return _SHEETS_APART.join(
        sheet + ",".join(str(first) if first == last else f"{first}-{last}" for first, last in _runs(sorted(rows)))
        for sheet, rows in sorted(numbers.items())
    )


def unpacked(text: str) -> list[str]:
    """The places of `packed`, sheet by sheet and row by row; empty for any other text."""
    places: list[str] = []
    for line in filter(None, text.split(_SHEETS_APART)):
        sheet, mark, runs = line.rpartition("!")
        for run in runs.split(","):
            first, _, last = run.partition("-")
            if not (first.isdecimal() and (last or first).isdecimal()) or int(last or first) - int(first) > _MOST_ROWS:
                return []
            places += [f"{sheet}{mark}{number}" for number in range(int(first), int(last or first) + 1)]
    return places


def shown(places: Sequence[str], most: int) -> str:
    """Places as one names them to a clerk: 第5、9行, with the sheet where there are several."""
    numbers: dict[str, list[str]] = {}
    for written in places[:most]:
        sheet, _, number = written.rpartition("!")
        numbers.setdefault(sheet, []).append(number)
    of_sheets = [
        (f"“{sheet}”" if len(numbers) > 1 and sheet else "") + f"第 {'、'.join(rows)} 行"
        for sheet, rows in numbers.items()
    ]
    return "，".join(of_sheets) + ("等" if len(places) > most else "")


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    first = 0
    for at, number in enumerate(numbers, 1):
        if at == len(numbers) or numbers[at] != number + 1:
            yield numbers[first], number
            first = at


def row_names(places: Iterable[str]) -> dict[str, str]:
    """The defined names, with their texts, that say which rows a workbook was written with."""
    text = packed(places)
    pieces = [text[at : at + _LONGEST_NAME] for at in range(0, len(text), _LONGEST_NAME)]
    return {f"{ROWS}{number}": piece for number, piece in enumerate(pieces, 1)}


def written_rows(properties: Iterable[tuple[str, str]]) -> list[str]:
    """The places of the rows that a workbook was written with, from its names; empty where they do not say."""
    pieces = {name.removeprefix(ROWS): text for name, text in properties if name.startswith(ROWS)}
    numbered = {int(number): text for number, text in pieces.items() if number.isdecimal()}
    return unpacked("".join(text for _, text in sorted(numbered.items())))
