"""Where the table stands in a sheet: its header row, its columns, and which rows are data. Ends at positions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.headers import HeaderIndex, of_contract
from ingest.readers.sheet import Sheet
from warehouse import contract

HEADER_ROWS = 20
"""The header is looked for in so many first rows."""
MIN_HEADERS = 3
"""Fewer known headers in one row are no header."""
LIKE_THE_BEST = 0.6
"""Sheets with at least this share of the best sheet's known headers are read as well."""
WEAK, STRONG = 0.6, 0.8
"""Another dataset is suspected below the first share of required columns, and believed from the second on."""

_COLON = "[:：]"
_BRACKET = "[(（][^)）]{0,10}[)）]"
_TOTAL = re.compile(r"\s*[本全各]?[页月期年表市区]?\s*[小合总共]\s*计(?:人数|人次|金额|数)?\s*(?:[:：(（\d].*)?")
_NOTE = re.compile(
    r"\s*(?:(?:填\s*表\s*人?|填\s*报\s*人|制\s*表\s*人?|审\s*核\s*人?|复\s*核\s*人?|经\s*办\s*人|(?:单位)?负\s*责\s*人"
    r"|主管领导|分管领导|联\s*系\s*人|联系电话|联系方式|(?:填报|填表|报送|制表|打印)(?:日期|时间|单位)|单位|盖章|备\s*注|注\s*\d*"
    rf"|说\s*明|填[表报]说明|注意事项?|数据来源)\s*(?:{_BRACKET})?\s*{_COLON}|填[表报]说明|注意事项|[(（]盖章[)）])"
)


@dataclass(frozen=True)
class Column:
    """One column with a header; `field` is null where no field claims it."""

    at: int
    header: str
    field: str | None


@dataclass(frozen=True)
class Layout:
    """A sheet's table: the header's place in `sheet.rows` and the columns with a header."""

    sheet: Sheet
    header_at: int
    columns: tuple[Column, ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.field for column in self.columns if column.field)

    @property
    def preamble(self) -> list[str]:
        """The texts above the header: titles, periods, units."""
        return [cell for row in self.sheet.rows[: self.header_at] for cell in row if cell]


def _matches(row: Sequence[str | None], index: HeaderIndex) -> set[str]:
    return {field for cell in row if (field := index.field(cell))}


def find_header(sheet: Sheet, index: HeaderIndex) -> tuple[int, int]:
    """Place and number of known fields of the row with the most of them; (0, 0) when no row has any."""
    if sheet.is_records:
        return 0, len(_matches(sheet.rows[0], index))
    best = 0, 0
    for at, row in enumerate(sheet.rows[:HEADER_ROWS]):
        known = len(_matches(row, index))
        if known > best[1]:
            best = at, known
        if known >= MIN_HEADERS and known * 2 > sum(1 for cell in row if cell):
            break
    return best


def at_header(sheet: Sheet, header_at: int, index: HeaderIndex) -> Layout:
    """The layout with a known header row."""
    columns = tuple(Column(at, cell, index.field(cell))
                    for at, cell in enumerate(sheet.rows[header_at]) if cell and cell.strip())
    return Layout(sheet, header_at, columns)


def find_layouts(sheets: Sequence[Sheet], index: HeaderIndex) -> list[Layout]:
    """The tables of all sheets that have one; empty when no sheet has a header."""
    found = [(sheet, *find_header(sheet, index)) for sheet in sheets if sheet.rows]
    most = max((known for _, _, known in found), default=0)
    return [at_header(sheet, header_at, index) for sheet, header_at, known in found
            if known >= MIN_HEADERS and known >= most * LIKE_THE_BEST]


def coverage(fields: frozenset[str], dataset: contract.Dataset) -> float:
    """The share of the dataset's required fields among `fields`."""
    required = [field.name for field in dataset.fields if field.required]
    return sum(name in fields for name in required) / len(required)


def likelier_dataset(sheets: Sequence[Sheet], than: str, own: frozenset[str]) -> str | None:
    """The dataset that the file rather holds, if its required columns are there and those of `than` are not."""
    if coverage(own, contract.dataset(than)) >= WEAK:
        return None
    best: tuple[int, str] | None = None
    for name in contract.names():
        layouts = find_layouts(sheets, of_contract(name)) if name != than else []
        fields = frozenset().union(*(layout.fields for layout in layouts))
        if fields and coverage(fields, contract.dataset(name)) >= STRONG and len(fields) > len(own):
            best = max(best or (0, ""), (len(fields), name))
    return best[1] if best else None


def data_rows(layout: Layout, dataset: contract.Dataset, left_out: Counter[str]) -> Iterator[int]:
    """Places of the data rows in `sheet.rows`; what is left out is counted by reason."""
    rows, header_at = layout.sheet.rows, layout.header_at
    for row in rows[:header_at]:
        left_out["title" if any(cell and cell.strip() for cell in row) else "blank"] += 1
    header = rows[header_at]
    claimed = [column.at for column in layout.columns if column.field]
    anchors = _anchors(layout, dataset)
    ordinals = {column.at for column in layout.columns if column.field == "source_row_no"}
    in_notes = False
    for at in range(header_at + 1, len(rows)):
        row = rows[at]
        filled = [place for place, cell in enumerate(row) if cell]
        reason = _reason(row, filled, header, claimed, anchors, ordinals, in_notes)
        if reason is None:
            yield at
        else:
            left_out[reason] += 1
            in_notes = in_notes or reason == "note"


def _anchors(layout: Layout, dataset: contract.Dataset) -> list[int]:
    """Columns that no data row leaves empty: the required part of the natural key, else all required."""
    keyed = {field.name for field in dataset.fields if field.required and field.is_key}
    required = {field.name for field in dataset.fields if field.required}
    for wanted in (keyed, required):
        found = [column.at for column in layout.columns if column.field in wanted]
        if found:
            return found
    return []


def _reason(
    row: Sequence[str | None], filled: list[int], header: Sequence[str | None], claimed: list[int],
    anchors: list[int], ordinals: set[int], in_notes: bool,
) -> str | None:
    """Why a row is no data row; null for data."""
    if not filled:
        return "blank"
    texts = [cell for place in filled[:3] if (cell := row[place])]
    if not texts[0].strip() and not any((row[place] or "").strip() for place in filled):
        return "blank"
    if len(filled) == 1 and filled[0] in ordinals:
        return "blank"
    if claimed and claimed[0] < len(row) and row[claimed[0]] == header[claimed[0]] \
            and all(at < len(row) and row[at] == header[at] for at in claimed):
        return "header"
    total = next((text for text in texts if _TOTAL.fullmatch(text)), None)
    note = _NOTE.match(texts[0])
    if not (total or note or in_notes):
        return None
    telling = {total, texts[0] if note else None}
    if all(at < len(row) and (row[at] or "").strip() and row[at] not in telling for at in anchors):
        return None
    if total:
        return "total"
    return "note" if note or len(filled) <= 2 else None
