"""Why what is still held was not mended by a correction. Ends at facts; sentences are `render.correction_changes`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from expectations.compiled import Check
from pages.gather.findings import Finding, is_answered
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.submission import CellChange, RowGroup, Supplement

Why = Literal[
    "deleted", "explained", "corrected_without_change", "elsewhere", "still", "uncovered", "new", "caused", "untouched"
]
"""Why a row is still held: the workbook has it no longer; it was explained instead of corrected; it was only called
corrected; other cells than the wrong ones were changed; the new text is wrong in the same way; what stood in the way of
judging it was mended; the new text is wrong in another way; another row's change made it wrong; nothing was done."""
_ORDER: tuple[Why, ...] = (
    "deleted",
    "explained",
    "corrected_without_change",
    "elsewhere",
    "still",
    "uncovered",
    "new",
    "caused",
    "untouched",
)
Place = tuple[str | None, int]


@dataclass(frozen=True)
class StillHeld:
    """A finding that holds its row, why the correction did not mend it, and the cells that were changed in the row: of
    the finding's fields where any of these was, else of others."""

    finding: Finding
    why: Why
    cells: tuple[CellChange, ...]
    is_in_workbook: bool


def rows_of(supplement: Supplement, group: RowGroup) -> list[str]:
    """The places of rows of which this is told."""
    return correction_columns.unpacked(supplement.rows.get(group, ""))


def still_held(supplement: Supplement, findings: Sequence[Finding], checks: Mapping[str, Check]) -> list[StillHeld]:
    """Row by row, what was done in vain before what was not tried; empty for a correction that was decided before its
    rows were told.

    Args:
        findings: of the correction's own submission.
    """
    groups = {group: set(rows_of(supplement, group)) for group in supplement.rows}
    changed: dict[Place, list[CellChange]] = defaultdict(list)
    for change in supplement.changes:
        changed[change.sheet, change.row].append(change)
    held = []
    for finding in findings if supplement.rows else ():
        if finding["severity"] != "critical" or finding["row"] is None or is_answered(finding):
            continue
        check = checks.get(finding["rule"])
        fields = {finding["field"], *(check.fields if check else ())}
        cells = changed.get((finding["sheet"], finding["row"]), [])
        wrong = [cell for cell in cells if cell.field in fields]
        place = correction_columns.place(finding["sheet"], finding["row"])
        held.append(
            StillHeld(
                finding,
                _why(finding, place, groups, bool(wrong)),
                tuple(wrong or cells),
                place in groups.get("sent", ()),
            )
        )
    return sorted(held, key=lambda each: _ORDER.index(each.why))


def _why(finding: Finding, place: str, groups: Mapping[RowGroup, set[str]], is_changed: bool) -> Why:
    def is_among(*names: RowGroup) -> bool:
        return any(place in groups.get(name, ()) for name in names)

    if is_among("deleted"):
        return "deleted"
    is_new = finding["state"] == "new"
    if is_among("added", "reinstated"):
        return "new"
    if finding["state"] == "uncovered":
        return "uncovered"
    if is_among("corrected"):
        return "new" if is_new else "still" if is_changed else "elsewhere"
    if is_among("explained", "explained_without_reason"):
        return "explained"
    if is_among("corrected_without_change"):
        return "corrected_without_change"
    return "caused" if is_new else "untouched"
