"""Which of the cells that a correction changed had been marked in its workbook; what is said of those that were not.

By the findings of the submission that it answers, as they were stored. Which cells changed is `ingest`'s. Ends at a
reading.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from expectations import compiled
from expectations.compiled import Check
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.submission import CellChange, Reading, Remark

_SHOWN_ROWS = 20


def with_marks(dataset: Dataset, reading: Reading, findings: pa.Table) -> Reading:
    """`reading` with `is_marked` of what its correction changed, and a remark where key or money changed unmarked.

    Args:
        findings: `tables.FINDING` of the submission that is answered. What was judged against other submissions is not
            among them: it is known by what the workbook said of the row.
    """
    supplement = reading.supplement
    if supplement is None or not supplement.changes:
        return reading
    marked = _by_findings(dataset, findings)
    across = [check for check in compiled.load(compiled.ACROSS) if check.dataset == dataset.name]
    fields_of = {place: _said_of(opinion, across) for place, opinion in supplement.opinions.items()}
    changes = tuple(
        replace(
            change,
            is_marked=(change.sheet, change.row, change.field) in marked
            or change.field in fields_of.get(correction_columns.place(change.sheet, change.row), ()),
        )
        for change in supplement.changes
    )
    return replace(
        reading,
        supplement=replace(supplement, changes=changes),
        remarks=(*reading.remarks, *_unmarked(dataset, changes)),
    )


def _by_findings(dataset: Dataset, findings: pa.Table) -> set[tuple[str | None, int | None, str | None]]:
    """Sheet, row and each field that the rule of a finding looks at: all of them are coloured."""
    checks = compiled.of(dataset.name)
    marked = set()
    for row in findings.select(["rule", "field", "sheet", "row"]).to_pylist():
        check = checks.get(row["rule"])
        for field in (row["field"], *(check.fields if check else ())):
            marked.add((row["sheet"], row["row"], field))
    return marked


def _said_of(opinion: str, checks: Sequence[Check]) -> set[str]:
    """The fields of the checks whose messages stand in a row's 校验意见."""
    return {field for check in checks if _pattern(check.message).search(opinion) for field in check.fields}


@functools.cache
def _pattern(message: str) -> re.Pattern[str]:
    """A message with anything where numbers are put in."""
    return re.compile(".*".join(map(re.escape, re.split(r"\{[a-z]+\}", message.rstrip("。")))))


def _unmarked(dataset: Dataset, changes: Sequence[CellChange]) -> list[Remark]:
    """Of a key or an amount that nobody asked to change."""
    fields = {field.name: field for field in dataset.fields if field.is_key or field.kind == "money"}
    cells = [change for change in changes if change.field in fields and not change.is_marked]
    if not cells:
        return []
    titles = dict.fromkeys(fields[change.field].title for change in cells)
    places = list(dict.fromkeys(correction_columns.place(change.sheet, change.row) for change in cells))
    values = {
        "count": str(len(cells)),
        "rows": correction_columns.shown(places, _SHOWN_ROWS),
        "titles": "、".join(f"“{title}”" for title in titles),
    }
    return [Remark("changed_unmarked", values)]
