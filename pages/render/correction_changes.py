"""本次更正内容: what opens the report of a correction, in words. Why rows are still held is asked in `gather`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from expectations.compiled import Check
from pages import words
from pages.gather.correction_changes import StillHeld, Why, rows_of, still_held
from pages.gather.findings import Finding, headers
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.submission import CellChange, Decision, RowGroup, Supplement

SHOWN_CELLS = 300
SHOWN_HELD = 200
_SHOWN_ROWS = 50
_GROUPS: Mapping[RowGroup, str] = {
    "withdrawn": "作废",
    "withdrawn_over": "其中另一份更正改过、本次作废的",
    "added": "新增，排在原文件之后",
    "explained": "已作说明",
    "reinstated": "另一份更正已作废，本次又作了改动，已恢复",
    "deleted": "工作簿里已没有的行（删除不等于作废，原来的内容保留）",
    "explained_without_reason": "填了“说明”而没有写情况说明，未作说明处理",
    "reason_without_action": "写了情况说明而没有填“说明”，未作说明处理",
    "corrected_without_change": "填了“更正”而没有一格改动",
}
_WHY: Mapping[Why, str] = {
    "deleted": "送回的工作簿里这一行被删除。删除不等于作废，不应报送的，请保留这一行，“处理方式”填“作废”。",
    "explained": "填了“说明”。须更正的问题不能以说明代替更正，请改正；不应报送的，“处理方式”填“作废”。",
    "corrected_without_change": "填了“更正”，但这一行没有一格改动。",
    "elsewhere": "改动的是{cells}，有问题的{column}没有改动。",
    "still": "{cells}，仍有同样的问题。",
    "uncovered": "{cells}。原先因这一行的其他问题无法核对，改正后查出这个问题。",
    "new": "{cells}，改动后新出现这个问题。",
    "caused": "这一行没有改动，因其他行的更正新出现这个问题。",
    "untouched": "这一行没有改动。",
}
_NOT_SENT = "送回的工作簿里没有这一行，还没有更正。"
_NEW_ROW = "新增的行有这个问题。"


@dataclass(frozen=True)
class CellLine:
    """A changed cell in words. `over`: the submission whose change it replaced, `note`: what else is to be said."""

    place: str
    column: str
    before: str
    after: str
    mark: str
    over: str | None
    note: str


@dataclass(frozen=True)
class HeldLine:
    place: str
    column: str
    rule: str
    message: str
    why: str


@dataclass(frozen=True)
class Beside:
    """Another correction that was merged since the workbook was written: how many cells it changed, and those of them
    that stay."""

    submission_id: str
    file_name: str
    changed: int
    kept: Sequence[CellLine]


@dataclass(frozen=True)
class Correction:
    """All that the section says. `groups`: title and rows; `lost`: cells of this correction that a later one changed,
    with that submission."""

    supplement: Supplement
    groups: Sequence[tuple[str, str]]
    beside: Sequence[Beside]
    cells: Sequence[CellLine]
    held: Sequence[HeldLine]
    held_count: int
    lost: Sequence[tuple[str, CellLine]]


def correction(
    decision: Decision,
    findings: Sequence[Finding],
    checks: Mapping[str, Check],
    overruled: Sequence[tuple[str, CellChange]],
    beside: Sequence[Decision],
) -> Correction | None:
    """Null for what is no correction or was not merged.

    Args:
        overruled: later submissions, and what they changed of this one's changes.
        beside: corrections that were merged since the workbook was written.
    """
    supplement = decision.reading.supplement
    if supplement is None or decision.reading.problem:
        return None
    columns = _Columns(decision)
    held = still_held(supplement, findings, checks)
    told = ((title, rows_of(supplement, group)) for group, title in _GROUPS.items())
    return Correction(
        supplement,
        [(title, correction_columns.shown(places, _SHOWN_ROWS)) for title, places in told if places],
        [columns.beside(other, supplement) for other in beside],
        [columns.line(change) for change in supplement.changes[:SHOWN_CELLS]],
        [columns.held(each) for each in held[:SHOWN_HELD]],
        len(held),
        [(later, columns.line(change)) for later, change in overruled],
    )


class _Columns:
    """How places and columns of a submission are named to its sender."""

    def __init__(self, decision: Decision) -> None:
        self._headers = headers(decision)
        self._titles = words.field_titles(decision.submission.dataset)
        self._word = words.place(decision.reading.file.kind)
        self._has_sheets = len({sheet.name for sheet in decision.reading.sheets}) > 1

    def line(self, change: CellChange) -> CellLine:
        is_alike = change.before == change.after
        return CellLine(
            self._place(change.sheet, change.row),
            self._title(change.sheet, change.field),
            _value(change.before),
            _value(change.after),
            "已标注" if change.is_marked else "未标注",
            change.over,
            "遮盖的部分有改动" if is_alike else "",
        )

    def beside(self, other: Decision, supplement: Supplement) -> Beside:
        """What stays of another correction: what was neither changed nor withdrawn by this one."""
        theirs = other.reading.supplement or Supplement("")
        lost = {(change.sheet, change.row, change.field) for change in supplement.changes if change.over}
        withdrawn = set(rows_of(supplement, "withdrawn"))
        kept = [
            self.line(change)
            for change in theirs.changes
            if (change.sheet, change.row, change.field) not in lost
            if correction_columns.place(change.sheet, change.row) not in withdrawn
        ]
        return Beside(other.submission_id, other.reading.file.name, theirs.changed_cells, kept[:SHOWN_CELLS])

    def held(self, held: StillHeld) -> HeldLine:
        finding = held.finding
        column = self._title(finding["sheet"], finding["field"]) if finding["field"] else ""
        return HeldLine(
            self._place(finding["sheet"], finding["row"]),
            column,
            finding["rule"],
            finding["message"],
            self._why(held, column),
        )

    def _why(self, held: StillHeld, column: str) -> str:
        if held.why == "untouched" and not held.is_in_workbook:
            return _NOT_SENT
        if held.why == "new" and not held.cells:
            return _NEW_ROW
        if held.why == "elsewhere":
            titles = "、".join(f"“{self._title(cell.sheet, cell.field)}”" for cell in held.cells)
            return _WHY["elsewhere"].format(cells=titles or "其他格", column=f"“{column}”" if column else "格")
        changed = "；".join(
            f"“{self._title(cell.sheet, cell.field)}”由 {_value(cell.before)} 改为 {_value(cell.after)}"
            for cell in held.cells
        )
        return _WHY[held.why].format(cells=changed or "已改动")

    def _title(self, sheet: str | None, field: str) -> str:
        return self._headers.get((sheet, field)) or self._titles.get(field, field)

    def _place(self, sheet: str | None, row: int) -> str:
        return (f"“{sheet}”" if self._has_sheets and sheet else "") + f"第 {row} {self._word}"


def _value(text: str | None) -> str:
    return words.short(text) if text else "（空）"
