"""A submission's files → its tables as the sender wrote them, for a workbook to be corrected and sent again.

The rows that are judged come from `read`; writing the workbook is `pages.write`. Ends at `SentTable`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest import second_tables
from ingest.copied_sheets import Taken, copies
from ingest.feed import Feed, live
from ingest.head_values import head_values
from ingest.layout import Layout
from ingest.read import CorrectionChain, Job
from ingest.readers import Opened, open_file
from ingest.readers.sheet import Row
from ingest.rows import take
from ingest.table_extract import header_index, tables_of
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Dataset, Field
from warehouse.vocabulary.submission import SentTable


def sent_tables(
    jobs: Sequence[Job], missing: Sequence[str] = (), wanted: Collection[tuple[str | None, int]] | None = None
) -> list[SentTable]:
    """Every table that was read; of a line of supplements the first file's, as the last supplement leaves it.

    Fields in `missing`, required ones for which the file has no column, stand behind its own, empty. `wanted`: sheets
    and numbers of rows that were read; where they are given, others may be left out. Raises `Unreadable` as reading
    did.
    """
    first = jobs[0]
    dataset = contract.dataset(first.dataset)
    feed = live(first.department, first.dataset)
    tables = _of_file(first.path.read_bytes(), dataset, feed, wanted if len(jobs) == 1 else None)
    if len(jobs) > 1:
        rows, _ = CorrectionChain(tuple(jobs)).work()
        before, _ = first.work()
        said = [
            field
            for field in dataset.fields
            if set(rows[field.sent].to_pylist()) - {None} - set(before[field.sent].to_pylist())
        ]
        return [_as_corrected(table, rows, said, is_first=at == 0) for at, table in enumerate(tables)]
    lacking = [dataset.field(name) for name in missing]
    return [
        replace(
            table,
            headers=[*table.headers, *(field.title for field in lacking)],
            fields=[*table.fields, *(field.name for field in lacking)],
            rows=[[*row, *[None] * len(lacking)] for row in table.rows],
        )
        for table in tables
    ]


def _of_file(
    content: bytes, dataset: Dataset, feed: Feed | None, wanted: Collection[tuple[str | None, int]] | None
) -> list[SentTable]:
    index = header_index(dataset, feed)
    opened = second_tables.aligned(open_file(content), index)
    layouts = tables_of(opened, index)[0]
    if wanted is not None and len(layouts) == 1:
        # Which rows are data was judged when the file was read, and costs as much as opening it.
        return [_table(opened, layout, _places(layout, wanted)) for layout in layouts]
    taken = [
        Taken(layout, pa.array(take(layout, dataset).places), head_values(layout, opened.notes, dataset, index))
        for layout in layouts
    ]
    copied = copies(taken)
    return [_table(opened, table.layout, table.places) for at, table in enumerate(taken) if at not in copied]


def _places(layout: Layout, wanted: Collection[tuple[str | None, int]]) -> pa.Int64Array:
    """Of rows by their numbers."""
    numbers = pa.array({number for sheet, number in wanted if sheet == layout.sheet.name}, pa.int64())
    return pa.array(np.flatnonzero(pc.is_in(layout.sheet.numbers, value_set=numbers)))


def _table(opened: Opened, layout: Layout, places: pa.Int64Array) -> SentTable:
    """The rows at these places of the sheet."""
    sheet = layout.sheet
    cells = [sheet.columns[column.at].take(places).to_pylist() for column in layout.columns]
    return SentTable(
        sheet.name,
        _above(opened, layout.above, sheet.is_records),
        [column.header for column in layout.columns],
        [next(iter(column.fields), None) for column in layout.columns],
        sheet.numbers.take(places).to_pylist(),
        [list(row) for row in zip(*cells, strict=True)] if cells else [],
    )


def _above(opened: Opened, rows: tuple[Row, ...], is_records: bool) -> list[Row]:
    """Titles, units and what is said once for all rows; a merged text stands once."""
    if is_records:
        return [[note] for note in opened.notes]
    return [_unmerged(row) for row in rows]


def _unmerged(row: Row) -> Row:
    filled = (cell for cell in row if cell)
    return [text for text, _ in groupby(filled)]


def _as_corrected(table: SentTable, rows: pa.Table, said: Sequence[Field], is_first: bool) -> SentTable:
    """The table with the cells that supplements changed, without withdrawn rows, new rows behind (on the first sheet).

    `said`: fields with texts that the first file has not; one that has no column of its own gets one.
    """
    at_first = dict(zip(table.numbers, table.rows, strict=True))
    mine = rows.filter(
        pa.array(
            [
                sheet == table.sheet and (is_first or number in at_first)
                for sheet, number in zip(rows["sheet"].to_pylist(), rows["row_number"].to_pylist(), strict=True)
            ],
            pa.bool_(),
        )
    )
    added = [field for field in said if field.name not in table.fields]
    names = {name for name in table.fields if name} | {field.name for field in added}
    sent = {name: mine[f"{name}__sent"].to_pylist() for name in names}
    numbers = mine["row_number"].to_pylist()
    nothing: Row = [None] * len(table.headers)
    corrected: list[Row] = []
    for at, number in enumerate(numbers):
        first_cells = zip(table.fields, at_first.get(number, nothing), strict=True)
        cells = [sent[name][at] if name else cell for name, cell in first_cells]
        corrected.append([*cells, *(sent[field.name][at] for field in added)])
    return replace(
        table,
        headers=[*table.headers, *(field.title for field in added)],
        fields=[*table.fields, *(field.name for field in added)],
        numbers=numbers,
        rows=corrected,
    )
