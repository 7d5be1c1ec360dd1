"""Where the table stands in a sheet: its header, its columns, and the rows above it.

Which rows below are data is `rows`. Ends at positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.headers import HeaderIndex, of_contract
from ingest.readers.sheet import Merge, Row, Sheet
from ingest.row_words import NOISE_CHARACTERS
from warehouse.vocabulary import contract
from warehouse.vocabulary.correction_columns import LIVE

HEADER_ROWS = 20
"""The header is looked for in so many first rows."""
HEADER_HEIGHT = 3
"""A header has at most so many rows: groups above columns."""
MIN_HEADERS = 3
"""Fewer known headers in one row are no header."""
LIKE_THE_BEST = 0.6
"""Sheets with at least this share of the best sheet's known headers are read as well."""
WEAK, STRONG = 0.6, 0.8
"""Another dataset is suspected below the first share of required columns, and believed from the second on."""


@dataclass(frozen=True)
class Column:
    """One column with a header; `fields` is empty where no field claims it, and has two for a span of dates."""

    at: int
    header: str
    fields: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Layout:
    """A sheet's table: the place of its header's first row, the header's rows, and the columns with a header."""

    sheet: Sheet
    header_at: int
    header: tuple[Row, ...]
    columns: tuple[Column, ...]
    above: tuple[Row, ...]

    @property
    def data_at(self) -> int:
        return self.header_at + len(self.header)

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(field for column in self.columns for field in column.fields)

    @property
    def header_texts(self) -> list[str]:
        """The texts of all cells of the header."""
        return [cell for row in self.header for cell in row if cell]

    @property
    def preamble(self) -> list[str]:
        """The texts above the header: titles, periods, units."""
        return [cell for row in self.above for cell in row if cell]


@dataclass(frozen=True)
class _Header:
    at: int
    rows: tuple[Row, ...]
    known: int

    @property
    def below(self) -> int:
        return self.at + len(self.rows)


def find_layout(sheet: Sheet, index: HeaderIndex) -> Layout | None:
    """The sheet's table by the header with the most known fields; null when no row has any."""
    head = sheet.head(HEADER_ROWS + HEADER_HEIGHT)
    header = _find_header(sheet, head, index)
    if header is None:
        return None
    headed = [
        Column(at, "_".join(parts), index.of_parts(parts))
        for at, parts in enumerate(_parts(header.rows, sheet.merged))
        if parts
    ]
    # A template's own check stands in every row, the empty ones too: formulas that nobody has to fill in.
    live = {column.at for column in headed if column.header.strip() == LIVE}
    columns = tuple(column for column in headed if column.at not in live)
    return Layout(sheet.emptied(live) if live else sheet, header.at, header.rows, columns, tuple(head[: header.at]))


def find_layouts(sheets: Sequence[Sheet], index: HeaderIndex, least: int = MIN_HEADERS) -> list[Layout]:
    """The tables of all sheets that have one; empty when no sheet has a header."""
    layouts = [layout for sheet in sheets if (layout := find_layout(sheet, index))]
    most = max((len(layout.fields) for layout in layouts), default=0)
    return [layout for layout in layouts if len(layout.fields) >= max(least, most * LIKE_THE_BEST)]


def fields_of(layouts: Iterable[Layout]) -> frozenset[str]:
    """The fields that any of the tables has a column for."""
    return frozenset().union(*(layout.fields for layout in layouts))


def _find_header(sheet: Sheet, head: Sequence[Row], index: HeaderIndex) -> _Header | None:
    if not head:
        return None
    if sheet.is_records:
        return _Header(0, (head[0],), _known((head[0],), (), index))
    line = _richest_row(head, index)
    if line is None:
        return None
    end = _end_of_header(head, line, index)
    windows = [
        _Header(top, rows, _known(rows, sheet.merged, index))
        for top in range(max(0, line - HEADER_HEIGHT + 1), line + 1)
        for below in range(line + 1, min(top + HEADER_HEIGHT, end) + 1)
        for rows in [tuple(_spread(head[top:below]))]
    ]
    best = max(windows, key=lambda window: (window.known, -len(window.rows)))
    tied = [
        window for window in windows if window.known == best.known and _is_one(sheet.merged, window.at, window.below)
    ]
    return max(tied, key=lambda window: len(window.rows), default=best)


def _richest_row(head: Sequence[Row], index: HeaderIndex) -> int | None:
    """The place of the row with the most known fields; the first that surely is a header ends the search."""
    best, most = None, 0
    for at, row in enumerate(head[:HEADER_ROWS]):
        known = _known((row,), (), index)
        if known > most:
            best, most = at, known
        if known >= MIN_HEADERS and known * 2 > sum(1 for cell in row if cell):
            break
    return best


def _end_of_header(head: Sequence[Row], line: int, index: HeaderIndex) -> int:
    """The first row below that is as full as the header and has no known field: data, above which a header ends."""
    filled = sum(1 for cell in head[line] if cell)
    for at in range(line + 1, len(head)):
        if sum(1 for cell in head[at] if cell) * 2 > filled and not _known((head[at],), (), index):
            return at
    return len(head)


def _is_one(merged: Iterable[Merge], top: int, below: int) -> bool:
    """True where merged cells tie several rows together: each has a cell that reaches into the next."""
    inside = [merge for merge in merged if top <= merge.top and merge.bottom < below]

    def is_tied(row: int) -> bool:
        return any(merge.top <= row < merge.bottom for merge in inside)

    return below - top > 1 and all(is_tied(row) for row in range(top, below - 1))


def _spread(rows: Sequence[Row]) -> list[Row]:
    """Group names written over their first column only, as text files have them, stand over all their columns."""
    spread = [list(row) for row in rows]
    for upper, lower in zip(spread, rows[1:], strict=False):
        for at in range(1, len(upper)):
            if not upper[at] and lower[at] and upper[at - 1] and lower[at - 1]:
                upper[at] = upper[at - 1]
    return spread


def _parts(rows: Sequence[Row], merged: Sequence[Merge]) -> list[list[str]]:
    """Per column the header's texts from above to below, each once.

    A text above an empty cell is the column's own only where nothing is merged: else it would have been filled down.
    """
    return [_texts(cells) if cells[-1] or not merged else [] for cells in zip(*rows, strict=True)]


def _texts(cells: Iterable[str | None]) -> list[str]:
    stripped = (cell.strip() for cell in cells if cell and cell.strip(NOISE_CHARACTERS))
    return list(dict.fromkeys(stripped))


def _known(rows: Sequence[Row], merged: Sequence[Merge], index: HeaderIndex) -> int:
    return len({field for parts in _parts(rows, merged) if parts for field in index.of_parts(parts)})


def coverage(fields: frozenset[str], dataset: contract.Dataset) -> float:
    """The share of the dataset's required fields among `fields`."""
    required = [field.name for field in dataset.fields if field.required]
    return sum(name in fields for name in required) / len(required)


def likelier_dataset(sheets: Sequence[Sheet], than: str, present: frozenset[str]) -> str | None:
    """The dataset that the file rather holds, if its required columns are there and those of `than` are not."""
    if coverage(present, contract.dataset(than)) >= WEAK:
        return None
    best: tuple[int, str] | None = None
    for name in contract.names():
        layouts = find_layouts(sheets, of_contract(name)) if name != than else []
        fields = fields_of(layouts)
        if fields and coverage(fields, contract.dataset(name)) >= STRONG and len(fields) > len(present):
            best = max(best or (0, ""), (len(fields), name))
    return best[1] if best else None
