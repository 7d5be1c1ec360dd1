"""An opened file → the dataset's columns as text, every row with its place. Ends at text; typing is `shape`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

import pyarrow as pa

from ingest.feed import Feed
from ingest.headers import HeaderIndex, of_contract, unit_of
from ingest.layout import Layout, at_header, data_rows, find_header, find_layouts, likelier_dataset
from ingest.readers.sheet import Opened, Unreadable
from warehouse import contract
from warehouse.contract import Dataset, Field
from warehouse.privacy import redact
from warehouse.reference import normalise
from warehouse.submission import FileProblem, MappedColumn, SheetReading
from warehouse.tables import read_schema

_PLAIN_NUMBER = re.compile(r"\s*[¥￥]?\s*[-+]?\d[\d,，]*(\.\d+)?\s*")
_PREAMBLE_UNIT = re.compile(r"单位\s*[:：]\s*(千元|万元|百万元|亿元)")
LIST_SEPARATORS = re.compile(r"[;；,，、|\n]")


@dataclass
class Extract:
    """The rows of a file as text (`tables.read_schema`) and how they were found."""

    table: pa.Table
    sheets: list[SheetReading] = field(default_factory=list)
    columns: list[MappedColumn] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    claimed_twice: tuple[tuple[str, tuple[str, ...]], ...] = ()
    problem: FileProblem | None = None
    detail: str | None = None


def header_index(dataset: Dataset, feed: Feed | None) -> HeaderIndex:
    """The headers of the contract, and before them the feed's own."""
    return HeaderIndex(dataset, feed.headers) if feed and feed.headers else of_contract(dataset.name)


def extract(opened: Opened, dataset: Dataset, feed: Feed | None, submission_id: str) -> Extract:
    """Finds the table in every sheet and takes its data rows; `Unreadable` when there is none."""
    index = header_index(dataset, feed)
    if all(sheet.is_records and len(sheet.rows) == 1 and not sheet.rows[0] for sheet in opened.sheets):
        return Extract(empty(dataset))  # an empty list of records: nothing to report, and no header to judge
    layouts = find_layouts(opened.sheets, index)
    own = frozenset().union(*(layout.fields for layout in layouts))
    result = Extract(empty(dataset))
    other = likelier_dataset(opened.sheets, dataset.name, own)
    if other:
        places = [(sheet, *find_header(sheet, of_contract(other))) for sheet in opened.sheets if sheet.rows]
        layouts = [at_header(sheet, at, index) for sheet, at, known in places if known]
        title = contract.dataset(other).title
        result.problem = "wrong_dataset"
        result.detail = f"文件内容像是《{title}》，不是《{dataset.title}》。"
    if not layouts:
        raise Unreadable("no_table", f"前20行里找不到《{dataset.title}》的表头，请使用规定的表头。", opened.kind)
    tables = [_take(layout, dataset, feed, result) for layout in layouts]
    table = pa.concat_tables(tables).combine_chunks()
    result.table = _numbered(table, submission_id)
    constants = feed.constants if feed else {}
    result.missing = tuple(
        wanted.name for wanted in dataset.fields
        if wanted.required and wanted.name not in constants
        and not all(wanted.name in layout.fields for layout in layouts)
    )
    result.claimed_twice = tuple(_claimed_twice(layouts))
    return result


def empty(dataset: Dataset) -> pa.Table:
    """No rows."""
    return read_schema(dataset).empty_table()


def _numbered(table: pa.Table, submission_id: str) -> pa.Table:
    rows = table.num_rows
    table = table.set_column(0, table.schema.field(0), pa.repeat(submission_id, rows))
    return table.set_column(1, table.schema.field(1), pa.array(range(1, rows + 1), pa.int64()))


def _claimed_twice(layouts: Iterable[Layout]) -> list[tuple[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, ...]] = {}
    for layout in layouts:
        claims: dict[str, list[str]] = {}
        for column in layout.columns:
            if column.field:
                claims.setdefault(column.field, []).append(column.header)
        found |= {name: tuple(headers) for name, headers in claims.items() if len(headers) > 1}
    return sorted(found.items())


def _take(layout: Layout, dataset: Dataset, feed: Feed | None, result: Extract) -> pa.Table:
    """The data rows of one sheet; notes on columns and rows go into `result`."""
    sheet = layout.sheet
    left_out: Counter[str] = Counter()
    places = list(data_rows(layout, dataset, left_out))
    result.sheets.append(SheetReading(
        sheet.name, None if sheet.is_records else sheet.numbers[layout.header_at], len(places), dict(left_out)))
    result.columns += [
        MappedColumn(sheet.name, redact(column.header), column.field,
                     None if sheet.is_records else column_letter(column.at))
        for column in layout.columns
    ]
    rows = [sheet.rows[place] for place in places]
    cells: Sequence[Sequence[str | None]] = list(zip_longest(*rows))
    nothing = pa.nulls(len(rows), pa.string())
    first = {column.field: column for column in reversed(layout.columns) if column.field}
    preamble_unit = _preamble_unit(layout)
    arrays = [nothing, pa.nulls(len(rows), pa.int64()),
              nothing if sheet.name is None else pa.repeat(sheet.name, len(rows)),
              pa.array([sheet.numbers[place] for place in places], pa.int64())]
    for wanted in dataset.fields:
        column = first.get(wanted.name)
        sent = cells[column.at] if column and column.at < len(cells) else None
        unit = (unit_of(column.header) or preamble_unit) if column else None
        said = _said(wanted, feed, unit, sent, len(rows))
        arrays += [nothing if sent is None else pa.array(sent, pa.string()),
                   nothing if said is None else pa.array(said, pa.string())]
    return pa.table(arrays, schema=read_schema(dataset))


def _preamble_unit(layout: Layout) -> str | None:
    for text in layout.preamble:
        match = _PREAMBLE_UNIT.search(text)
        if match:
            return match[1]
    return None


def _said(
    wanted: Field, feed: Feed | None, unit: str | None, sent: Sequence[str | None] | None, rows: int,
) -> list[str | None] | None:
    """What dialect, unit and constant make of the cells; null where the cell speaks for itself."""
    spellings = feed.values.get(wanted.name) if feed else None
    constant = feed.constants.get(wanted.name) if feed else None
    if sent is None:
        return [constant] * rows if constant is not None else None
    said: dict[str | None, str | None] = {}
    if spellings:
        known = {normalise(text): code for text, code in spellings.items()}
        said = {cell: _spelled(cell, known, wanted) for cell in set(sent) if cell}
    elif unit and wanted.kind in ("money", "percent"):
        said = {cell: _with_unit(cell, unit, wanted) for cell in set(sent) if cell}
    if constant is not None:
        said |= {cell: constant for cell in set(sent) if not cell or not cell.strip()}
    if not any(text is not None for text in said.values()):
        return None
    return [said.get(cell) for cell in sent]


def _spelled(cell: str, known: dict[str, str], wanted: Field) -> str | None:
    whole = known.get(normalise(cell))
    if whole is not None or wanted.kind != "list":
        return whole
    parts = LIST_SEPARATORS.split(cell)
    if not any(normalise(part) in known for part in parts):
        return None
    return ";".join(known.get(normalise(part), part) for part in parts)


def _with_unit(cell: str, unit: str, wanted: Field) -> str | None:
    if not _PLAIN_NUMBER.fullmatch(cell) or (unit == "%") != (wanted.kind == "percent"):
        return None
    # A plain 0.95 under 出勤率(%) is a fraction all the same: nobody attends less than one per cent.
    if unit == "%" and float(re.sub("[,，¥￥]", "", cell)) <= 1:
        return None
    return f"{cell.strip()}{unit}"


def column_letter(at: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
