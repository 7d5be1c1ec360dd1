"""The columns that a correction workbook adds to its sender's: where a row stood, what was done to it, why it is right.

Their headers are `warehouse.vocabulary.correction_columns`; that a file is such a workbook is `correction_mark`, and
`correction_merge` merges the rows. Ends at a table beside the rows, or at the sentence why its rows cannot be told.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest import sender
from ingest.correction_mark import Claim
from ingest.layout import Column, Layout
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.correction_columns import SubmissionName, submission_in
from warehouse.vocabulary.submission import FileProblem

SCHEMA = pa.schema([("place", pa.string()), ("action", pa.string()), ("reason", pa.string()), ("opinion", pa.string())])
_OWN = frozenset({correction_columns.OPINION, correction_columns.ACTION, correction_columns.REASON})
_LOOKED_AT = 200
"""So many rows are looked at for a column of row identities that lost its header."""
_RUNNING = 2
"""So many cells that begin alike and end in other numbers were counted on by a fill handle."""
_FEW, _SHARE = 3, 0.2
"""A row that was copied is a new row; so many, and such a share of all, are a column that was filled down or sorted."""


@dataclass(frozen=True)
class Answer:
    """The submission that is answered, and `SCHEMA` in the order of the file's data rows; `place` is null in a new
    row. `written`: the places of the rows that the workbook was written with; empty where it does not say."""

    answers: str
    rows: pa.Table
    written: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aside:
    """A table's columns that are not the sender's own; `place`, where each row stood, is null where the table has no
    such column."""

    place: Column | None
    others: dict[str, Column]


Tables = Sequence[tuple[Layout, Aside, pa.Int64Array]]
"""The tables of a file, what stands beside each, and the places of its data rows in the sheet."""


def split_columns(layout: Layout) -> tuple[Layout, Aside]:
    """The sender's own columns of a correction workbook, and those that the workbook added."""
    place = _place_column(layout)
    others = {column.header.strip(): column for column in layout.columns if column.header.strip() in _OWN}
    strange = {column.at for column in (place, *others.values()) if column}
    sender_columns = tuple(column for column in layout.columns if column.at not in strange)
    return replace(layout, columns=sender_columns), Aside(place, others)


def without_words(layout: Layout, aside: Aside) -> Layout:
    """The table without what stands in 校验意见 and 情况说明: a text there (说明：…, 合计…) says nothing of whether its
    row is data."""
    words = {column.at for header, column in aside.others.items() if header != correction_columns.ACTION}
    return replace(layout, sheet=layout.sheet.emptied(words)) if words else layout


def _place_column(layout: Layout) -> Column | None:
    """By its header, else by its cells: a header may be changed or lost."""
    headers = {column.at: column for column in layout.columns}
    for column in layout.columns:
        if correction_columns.is_place(column.header):
            return column
    for at, cells in enumerate(layout.sheet.columns):
        looked_at = cells[layout.data_at : layout.data_at + _LOOKED_AT].drop_null()
        known = pc.sum(pc.match_substring_regex(looked_at, f"^{correction_columns.IDENTITY}$")).as_py() or 0
        if known * 2 > len(looked_at):
            return headers.get(at, Column(at, "", ()))
    return None


def answered_submission(
    claim: Claim | None, submission_id: str, tables: Sequence[tuple[Layout, Aside]]
) -> SubmissionName | None:
    """The submission that the workbook answers, by most of its rows, else by what it says elsewhere.

    Args:
        submission_id: of the workbook itself; what it answers is of the same key unless it says otherwise.
    """
    if claim is None:
        return None
    below = [(layout, aside, _below(layout)) for layout, aside in tables]
    digests = Counter(digest for _, digest in _identities(below) if digest)
    if not digests:
        return claim.answers[0] if claim.answers else None
    said = {name.digest: name for name in reversed(claim.answers)}
    digest = max(digests, key=lambda seen: (digests[seen], seen in said))
    named = said.get(digest)
    return named or submission_in(submission_id[:-12] + digest)


def strayed(answers: SubmissionName, submission: SubmissionName) -> tuple[FileProblem, str] | None:
    """Why a workbook that answers this submission cannot be of the key of that one. A department may look at its
    districts' workbooks."""
    if not f"{answers.unit}.".startswith(f"{submission.unit}."):
        return "wrong_unit", f"它是更正 {answers.submission_id} 的工作簿，{sender.belongs_to(answers.unit)}"
    if (answers.dataset, answers.period) != (submission.dataset, submission.period):
        said = f"它更正的是 {answers.submission_id}，不是这一种数据的这一期；请用它原来的文件名报送。"
        return "answers_nothing", said
    return None


def nothing_of(answers: SubmissionName | None) -> Answer | None:
    """The answer of a workbook that is refused."""
    return Answer(answers.submission_id, SCHEMA.empty_table()) if answers else None


def gather_answer(
    answers: SubmissionName | None, tables: Tables, properties: Iterable[tuple[str, str]] = ()
) -> Answer | str:
    """What is said of the data rows of all tables; or one sentence why it cannot be told which rows they are.

    Args:
        properties: of the workbook; they tell which rows it was written with.
    """
    for layout, aside, _ in tables:
        if aside.place is None:
            sheet = f"工作表“{layout.sheet.name}”" if layout.sheet.name else "文件"
            return f"{sheet}没有“{correction_columns.PLACE}”一列，看不出各行更正的是原来的哪一行{_of(answers)}"
    if answers is None:
        return f"“{correction_columns.PLACE}”一列没有写明更正的是哪一份报送，文件名和文件属性里也没有。"
    identities = _identities(tables)
    if not identities:
        return f"里面没有数据行{_of(answers)}"
    foreign = sum(digest not in (None, answers.digest) for _, digest in identities)
    if dragged := _dragged(tables, answers):
        return (
            f"“{correction_columns.PLACE}”一列有 {dragged} 行像是拖动填充出来的（末尾的数字逐行加 1），"
            f"看不出各行是原来的哪一行{_of(answers)}"
        )
    if foreign:
        return f"其中 {foreign} 行是另一份报送的，不能并入这一份；各份报送请分别更正{_of(answers)}"
    if not any(place for place, _ in identities):
        return f"“{correction_columns.PLACE}”一列全是空的，看不出各行更正的是原来的哪一行{_of(answers)}"
    of_tables = [number for number, (_, _, rows) in enumerate(tables) for _ in range(len(rows))]
    places = [
        (None if "!" in place else number, place)
        for number, (place, _) in zip(of_tables, identities, strict=True)
        if place
    ]
    if said := unidentified(len(places) - len(set(places)), len(places)):
        return f"{said}{_of(answers)}"
    rows = pa.concat_tables([_said(*table) for table in tables])
    place_texts = pa.array([place for place, _ in identities], pa.string())
    written = tuple(correction_columns.written_rows(properties))
    return Answer(answers.submission_id, rows.set_column(0, SCHEMA.field("place"), place_texts), written)


def _dragged(tables: Tables, answers: SubmissionName) -> int:
    """In how many cells of 原行号 a fill handle counted on: the same beginning, then other numbers at the end."""
    cells = [cell for table in tables for cell in _cells(table[0], table[1].place, table[2]).to_pylist() if cell]
    ends: dict[str, set[str]] = {}
    for cell in cells:
        if "#" in cell and correction_columns.identified(cell)[1] != answers.digest:
            beginning = cell.strip().rstrip(string.digits)
            ends.setdefault(beginning, set()).add(cell.strip())
    return max((len(wrong) for wrong in ends.values() if len(wrong) >= _RUNNING), default=0)


def unidentified(count: int, rows: int) -> str | None:
    """The beginning of the sentence that refuses a workbook in which the identities of so many rows tell nothing."""
    if count < _FEW or count <= rows * _SHARE:
        return None
    return (
        f"“{correction_columns.PLACE}”一列有 {count} 行重复或不是原来的行号，像是被填充、排序或改写过；"
        "新增的行请把这一列留空"
    )


def _of(answers: SubmissionName | None) -> str:
    """The end of the sentence: which workbook it was."""
    return f"。它的原件是 corrections/{answers.unit}/{answers.submission_id}.xlsx。" if answers else "。"


def _identities(tables: Tables) -> list[tuple[str | None, str | None]]:
    """Of each data row its place, and the digest of the submission that it says it is of."""
    identities: list[tuple[str | None, str | None]] = []
    for layout, aside, rows in tables:
        headed = submission_in(aside.place.header) if aside.place else None
        for cell in _cells(layout, aside.place, rows).to_pylist():
            place, digest = correction_columns.identified(cell or "")
            identities.append((place or None, (digest or (headed.digest if headed else None)) if place else None))
    return identities


def _below(layout: Layout) -> pa.Int64Array:
    return pa.array(np.arange(layout.data_at, layout.sheet.height), pa.int64())


def _cells(layout: Layout, column: Column | None, rows: pa.Int64Array) -> pa.StringArray:
    return layout.sheet.columns[column.at].take(rows) if column else pa.nulls(len(rows), pa.string())


def _said(layout: Layout, aside: Aside, rows: pa.Int64Array) -> pa.Table:
    return pa.table(
        [
            _cells(layout, aside.place, rows),
            _cells(layout, aside.others.get(correction_columns.ACTION), rows),
            _cells(layout, aside.others.get(correction_columns.REASON), rows),
            _cells(layout, aside.others.get(correction_columns.OPINION), rows),
        ],
        schema=SCHEMA,
    )
