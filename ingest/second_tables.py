"""Tables that stand below the first in a sheet, under headers of their own: their cells are moved under its columns.

A header with the columns of the first in the same places is a repeated one, and `rows` knows it. Ends at a sheet that
reads as one table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.headers import HeaderIndex
from ingest.layout import MIN_HEADERS, Layout, find_layout
from ingest.readers.sheet import Opened, Row, Sheet, TableBelow
from ingest.row_words import NOISE_CHARACTERS

_HEADER_PLACES = 4
"""A header has a known one in one of so many first columns."""
_MARKS = "*＊"


def aligned(opened: Opened, index: HeaderIndex) -> Opened:
    """The file with every sheet read as one table."""
    return replace(opened, sheets=tuple(_aligned(sheet, index) for sheet in opened.sheets))


@dataclass(frozen=True)
class _Header:
    """A header below the first; `targets`: the place of each of its columns in the aligned sheet, by its place."""

    at: int
    cells: Row
    targets: dict[int, int]

    @property
    def is_moved(self) -> bool:
        return any(target != at for at, target in self.targets.items())


def _aligned(sheet: Sheet, index: HeaderIndex) -> Sheet:
    layout = None if sheet.is_records else find_layout(sheet, index)
    if layout is None or len(layout.fields) < MIN_HEADERS:
        return sheet
    headers, width = _headers(layout, index)
    moved = [header for header in headers if header.is_moved]
    if not moved:
        return sheet
    ends = [*(header.at for header in headers[1:]), sheet.height]
    titles = _titles(layout, headers, width)
    pieces = [_first(layout, headers[0].at, titles)]
    pieces += [_below(layout, header, end, titles) for header, end in zip(headers, ends, strict=True)]
    columns = tuple(map(pa.concat_arrays, zip(*pieces, strict=True)))
    merged = tuple(merge for merge in sheet.merged if merge.bottom < headers[0].at)
    below = tuple(_told(sheet, header) for header in moved)
    return replace(sheet, columns=columns, merged=merged, below=below)


def _headers(layout: Layout, index: HeaderIndex) -> tuple[list[_Header], int]:
    """The headers below the first, and how many columns the aligned sheet has."""
    places = {column.fields or column.header: column.at for column in reversed(layout.columns)}
    width = len(layout.sheet.columns)
    headers = []
    for at, cells in _candidates(layout, index):
        targets: dict[int, int] = {}
        for place, cell in enumerate(cells):
            name = index.fields(cell) or (cell or "").strip(NOISE_CHARACTERS) or f"{at} {place}"
            if name not in places and (cell or _is_filled(layout.sheet, place, at)):
                places[name], width = width, width + 1
            if name in places and places[name] not in targets.values():
                targets[place] = places[name]
        headers.append(_Header(at, cells, targets))
    return headers, width


def _is_filled(sheet: Sheet, place: int, at: int) -> bool:
    return bool(sheet.columns[place][at:].null_count < sheet.height - at)


def _candidates(layout: Layout, index: HeaderIndex) -> Iterator[tuple[int, Row]]:
    """Rows below the first header of whose cells most, and enough, are known headers."""
    sheet = layout.sheet
    spelled = pa.array(sorted({*index.spellings, *layout.header_texts}), pa.string())
    known = np.zeros(sheet.height, dtype=bool)
    for cells in sheet.columns[:_HEADER_PLACES]:
        bare = pc.utf8_trim(cells, characters=NOISE_CHARACTERS + _MARKS)
        known |= np.asarray(pc.fill_null(pc.is_in(bare, value_set=spelled), False).to_numpy(zero_copy_only=False))
    for at in np.flatnonzero(known).tolist():
        row = sheet.row(at)
        fields = {field for cell in row for field in index.fields(cell)}
        filled = sum(1 for cell in row if cell and cell.strip(NOISE_CHARACTERS))
        if at >= layout.data_at and len(fields) >= MIN_HEADERS and len(fields) * 2 > filled:
            yield at, row


def _titles(layout: Layout, headers: Sequence[_Header], width: int) -> Row:
    """The header of every column of the aligned sheet: the first table's, then those that only later ones have."""
    titles: Row = [*layout.header[-1], *[None] * (width - len(layout.sheet.columns))]
    for header in headers:
        for at, target in header.targets.items():
            if target >= len(layout.sheet.columns):
                titles[target] = titles[target] or header.cells[at]
    return titles


def _first(layout: Layout, end: int, titles: Row) -> list[pa.StringArray]:
    """The rows above the second header."""
    pieces = [column[:end] for column in layout.sheet.columns]
    for title in titles[len(pieces) :]:
        texts: Row = [None] * end
        texts[layout.data_at - 1] = title
        pieces.append(pa.array(texts, pa.string()))
    return pieces


def _below(layout: Layout, header: _Header, end: int, titles: Row) -> list[pa.StringArray]:
    """A later table's rows under the first one's columns; its header reads as the first one, repeated."""
    sources = {target: at for at, target in header.targets.items()}
    nothing = pa.nulls(end - header.at - 1, pa.string())
    pieces = []
    for target, title in enumerate(titles):
        cells = layout.sheet.columns[sources[target]][header.at + 1 : end] if target in sources else nothing
        pieces.append(pa.concat_arrays([pa.array([title], pa.string()), cells]))
    return pieces


def _told(sheet: Sheet, header: _Header) -> TableBelow:
    columns = {target: (at, header.cells[at] or "") for at, target in header.targets.items()}
    return TableBelow(sheet.numbers[header.at].as_py(), columns, len(sheet.columns))
