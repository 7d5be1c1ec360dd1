"""Sheets whose rows all stand in another sheet of the file: they are read once, and that is told once.

A sheet that shares only some rows is no copy: each row that stands twice is judged by `expectations`. Ends at which
tables are copies; taking rows is `table_extract`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ingest.head_values import HeadValue
from ingest.layout import Layout
from warehouse.vocabulary.submission import Remark
from warehouse.vocabulary.tables import NOT_HASHED

_FEWEST = 2
"""One row that stands in another sheet too is a row that stands twice."""
_PROBED = 2
"""Rows looked for first: sheets that are no copies rarely share them, and the others cost a look at every row."""
_SEPARATOR, _EMPTY = "\x1f", "\x00"


@dataclass(frozen=True)
class Taken:
    """The table of a sheet: where its data rows are, and what stands above them for all."""

    layout: Layout
    places: pa.Int64Array
    values: Sequence[HeadValue]

    @property
    def fields(self) -> list[str]:
        return sorted((self.layout.fields | {value.field for value in self.values}) - NOT_HASHED)


def copies(tables: Sequence[Taken]) -> dict[int, int]:
    """Place of a copy among the tables → place of the one that has all its rows; of two alike the later is the copy."""
    original_by_copy: dict[int, int] = {}
    if len(tables) < 2:
        return original_by_copy
    rows = [_rows(table) for table in tables]
    for at in reversed(range(len(tables))):
        for other in range(len(tables)):
            if (
                other != at
                and other not in original_by_copy
                and _FEWEST <= len(rows[at]) <= len(rows[other])
                and tables[at].layout.sheet is not tables[other].layout.sheet
                and tables[at].fields == tables[other].fields
                and all(_are_in(part, rows[other]) for part in (rows[at][:_PROBED], rows[at]))
            ):
                original_by_copy[at] = other
                break
    return original_by_copy


def remark(copy: Taken, original: Taken) -> Remark:
    """What is told of a copy."""
    names = {"sheet": copy.layout.sheet.name or "", "original": original.layout.sheet.name or ""}
    return Remark("copied_sheet", names | {"count": str(len(copy.places))})


def _are_in(rows: pa.StringArray, others: pa.StringArray) -> bool:
    return bool(pc.all(pc.is_in(rows, value_set=others)).as_py())


def _rows(table: Taken) -> pa.StringArray:
    """Each row as one text over its fields; two ways to write one value differ."""
    said = {value.field: value.text for value in table.values}
    first = {name: column for column in reversed(table.layout.columns) for name in column.fields}
    cells = [
        table.layout.sheet.columns[first[name].at].take(table.places)
        if name in first
        else pa.repeat(said[name], len(table.places))
        for name in table.fields
    ]
    if not cells:
        return pa.array([], pa.string())
    trimmed = [pc.utf8_trim_whitespace(column) for column in cells]
    return pc.binary_join_element_wise(*trimmed, _SEPARATOR, null_handling="replace", null_replacement=_EMPTY)
