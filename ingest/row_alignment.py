"""Which rows of a table do not stand under its header: cells moved to one side, lines in two, cells beyond the last.

Judged by what the cells of a row look like; finding the header is `layout`, typing is `shape`. Ends at a
`contract.RowFlaw` by row.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.layout import Layout
from ingest.readers.sheet import Row
from ingest.values import dates, numbers
from ingest.values.codes import code, codes
from ingest.values.text import PERSON_NAME, PLACEHOLDERS
from warehouse.vocabulary import reference
from warehouse.vocabulary.contract import Dataset, Field, Kind

Mask = npt.NDArray[np.bool_]
_LEAST = 2
"""One cell that looks like its neighbour's may be a mistake; so many on one row are a shift."""
_DISTANCES = (1, -1, 2, -2)
_LOOKED_AT = 2
_LOOKS: Mapping[Kind, str] = {
    "id": r"^\W*(?:\d{17}[\dXx]|\d{15})\W*$",
    "uscc": r"^\s*[0-9A-Z]{18}\s*$",
    "phone": r"^\W*1\d{10}\W*$",
    "date": r"^\s*(?:(?:19|20)\d{2}\D|(?:19|20)\d{6}\s*$|\d{5}(?:\.\d*)?\s*$)",
}
"""What most cells of these kinds look like. A shift goes on to the end of a row: a look at the last such columns
(8 ms for 100,000 cells) tells which rows to look at as a whole."""
_RESIDENT = re.compile(r"\d{17}[\dX]|\d{15}")
_DOCUMENT = re.compile(r"(?=(?:\D*\d){6})[A-Z0-9()]{7,22}")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_TELEPHONE = re.compile(r"[^\u4e00-\u9fff]*(?:\d[^\u4e00-\u9fff]*){7,}")
_THREE_DIGITS = re.compile(r"\d{3}")
_NO, _MAYBE, _SURELY = range(3)
"""How well a cell fits a field."""


def row_flaws(layout: Layout, places: npt.NDArray[np.int64], dataset: Dataset) -> pa.StringArray:
    """For each data row `shifted`, `surplus` or null."""
    flaws = pa.nulls(len(places), pa.string())
    if layout.sheet.is_records or not len(places):
        return flaws
    surplus, broken = beyond_header(layout, places), _broken(layout, places, dataset)
    if surplus.sum() * 2 > len(places):
        surplus = np.zeros(len(places), bool)  # a column without a header: no matter of single rows
    is_uneven = surplus | _is_of_other_width(layout, places)
    suspects = np.flatnonzero((surplus | _unlike(layout, places, dataset, is_uneven)) & ~broken)
    shifted = broken
    if len(suspects):
        judge, chosen = _Judge(layout, dataset), pa.array(places[suspects])
        rows = zip(*(column.take(chosen).to_pylist() for column in layout.sheet.columns), strict=True)
        shifted[suspects] = [judge.is_shifted(*row) for row in zip(rows, is_uneven[suspects].tolist(), strict=True)]
    if not (shifted | surplus).any():
        return flaws
    return pc.if_else(
        pa.array(shifted), "shifted", pc.if_else(pa.array(surplus), "surplus", pa.scalar(None, pa.string()))
    )


def beyond_header(layout: Layout, places: npt.NDArray[np.int64]) -> Mask:
    """Rows of a text with something in a cell beyond the cells of the header; a header cell may be empty."""
    width = _header_width(layout)
    beyond = [column.take(pa.array(places)) for column in layout.sheet.columns[width:]] if width else []
    return _mask(pc.is_valid(pc.coalesce(*beyond))) if beyond else np.zeros(len(places), bool)


def _header_width(layout: Layout) -> int:
    """Cells of the header of a text; 0 for all else."""
    widths = layout.sheet.widths
    if widths is None:
        return 0
    return int(pc.max(widths.slice(layout.header_at, len(layout.header))).as_py())


def _is_of_other_width(layout: Layout, places: npt.NDArray[np.int64]) -> Mask:
    """Rows of a text that have not as many cells as most others, which have as many as the header."""
    if layout.sheet.widths is None:
        return np.zeros(len(places), bool)
    is_other: Mask = layout.sheet.widths.to_numpy()[places] != _header_width(layout)
    return is_other if is_other.sum() * 2 <= len(places) else np.zeros(len(places), bool)


def _broken(layout: Layout, places: npt.NDArray[np.int64], dataset: Dataset) -> Mask:
    """Both halves of a line that a line end within a value cut in two: together they have the header's cells, and each
    lacks required ones."""
    is_broken = np.zeros(layout.sheet.height, bool)
    if layout.sheet.widths is not None:
        widths, width = layout.sheet.widths.to_numpy(), _header_width(layout)
        required = [column.at for column in layout.columns for name in column.fields if dataset.field(name).required]
        is_short = (widths > 1) & (widths <= max(required, default=0))
        halves = is_short[:-1] & is_short[1:] & (widths[:-1] + widths[1:] == width + 1)
        is_broken[:-1] |= halves
        is_broken[1:] |= halves
    halves_of_data: Mask = is_broken[places]
    return halves_of_data


def _unlike(layout: Layout, places: npt.NDArray[np.int64], dataset: Dataset, is_uneven: Mask) -> Mask:
    """Rows with a cell that looks like no cell of its column, while one beside it does or the row is `is_uneven`; none
    where most are so, which is the column's own way."""
    kinds = [(column.at, dataset.field(column.fields[0]).kind) for column in layout.columns if column.fields]
    cells = layout.sheet.columns
    unlike = np.zeros(len(places), bool)
    for at, kind in [(at, kind) for at, kind in sorted(kinds) if kind in _LOOKS][-_LOOKED_AT:]:
        odd = np.flatnonzero(_mask(pc.invert(_looks(cells[at], kind)))[places])
        if not 0 < len(odd) * 2 <= len(places):
            continue
        chosen, is_moved = pa.array(places[odd]), is_uneven[odd]
        for beside in (at + distance for distance in _DISTANCES if 0 <= at + distance < len(cells)):
            is_moved |= _mask(
                pc.and_(_looks(cells[beside].take(chosen), kind), pc.is_valid(cells[beside].take(chosen)))
            )
        unlike[odd] |= is_moved
    return unlike


def _looks(cells: pa.StringArray, kind: Kind) -> pa.BooleanArray:
    """An empty cell looks like any."""
    return pc.fill_null(pc.match_substring_regex(cells, _LOOKS[kind]), True)


def _mask(matches: pa.BooleanArray) -> Mask:
    return np.asarray(matches.to_numpy(zero_copy_only=False), dtype=bool)


@dataclass(frozen=True)
class _Place:
    """A field in the order of the columns."""

    at: int
    is_required: bool
    fit: Callable[[str], int]


class _Judge:
    """Tells whether a row is better read with all cells from some column on moved by one or two."""

    def __init__(self, layout: Layout, dataset: Dataset) -> None:
        claimed = sorted((column.at, column.fields[0]) for column in layout.columns if column.fields)
        self._places = [_place(at, dataset.field(name)) for at, name in claimed]

    def is_shifted(self, row: tuple[str | None, ...], is_uneven: bool) -> bool:
        """Of a row with as many cells as the others several must be unfit where they stand and surely fit where they
        came from; of one with more or fewer a single one, or that none is unfit any more."""
        cells: Row = [cell and unicodedata.normalize("NFKC", cell).strip().lstrip("'`") for cell in row]
        cells = [None if cell is None or cell.upper() in PLACEHOLDERS else cell for cell in cells]
        fits = [self._fit(place, cells, 0) for place in self._places]
        least = 1 if is_uneven else _LEAST
        return fits.count(_NO) >= least and any(
            sure >= least or (is_uneven and left == 0)
            for sure, left in (self._moved(cells, fits, distance) for distance in _DISTANCES)
            if fits.count(_NO) - left >= least
        )

    def _moved(self, cells: Row, fits: list[int], distance: int) -> tuple[int, int]:
        """With the cells from the best column on moved: how many unfit ones are then surely fit, how many unfit."""
        moved = [self._fit(place, cells, distance) for place in self._places]
        gained = [(fit == _NO) - (is_moved == _NO) for fit, is_moved in zip(fits, moved, strict=True)]
        from_here = list(accumulate(reversed(gained)))[::-1]
        begin = from_here.index(max(from_here))
        pairs = list(zip(fits[begin:], moved[begin:], strict=True))
        return pairs.count((_NO, _SURELY)), fits.count(_NO) - from_here[begin]

    @staticmethod
    def _fit(place: _Place, cells: Row, distance: int) -> int:
        at = place.at + distance
        cell = cells[at] if 0 <= at < len(cells) else None
        if cell is None:
            return _NO if place.is_required else _MAYBE
        return place.fit(cell)


def _place(at: int, field: Field) -> _Place:
    fit: Callable[[str], int] = functools.cache(_fit_of(field))
    return _Place(at, field.required, fit)


def _fit_of(field: Field) -> Callable[[str], int]:
    """How well a tidied text fits a field; numbers and short codes fit many."""
    match field.kind:
        case "id" | "id_or_uscc" | "uscc" | "phone":
            return functools.partial(_fit_of_number, kind=field.kind)
        case "code" | "list":
            return functools.partial(_fit_of_code, field=field)
        case "bool":
            return lambda cell: _fit_of_listed(code(cell, reference.aliases("yes_no")) in ("0", "1"), cell)
        case "date":
            return lambda cell: _SURELY if dates.date(cell) or dates.span(cell) else _NO
        case "time":
            return lambda cell: _SURELY if dates.time(cell) else _NO
        case "percent":
            return lambda cell: _NO if numbers.share(cell) is None else _MAYBE
        case "money":
            return lambda cell: _NO if numbers.fen(cell) is None else _MAYBE
        case "int" | "decimal":
            return lambda cell: _NO if numbers.decimal(cell) is None else _MAYBE
    if field.name == PERSON_NAME:
        return lambda cell: _NO if _THREE_DIGITS.search(cell) else _MAYBE
    return lambda cell: _MAYBE


def _fit_of_number(cell: str, kind: Kind) -> int:
    bare = re.sub(r"[\s-]", "", cell).upper()
    if kind == "phone":
        return _SURELY if _MOBILE.fullmatch(bare) else _MAYBE if _TELEPHONE.fullmatch(cell) else _NO
    if kind != "id" and _USCC.fullmatch(bare):
        return _SURELY
    if kind != "uscc" and _RESIDENT.fullmatch(bare):
        return _SURELY
    return _MAYBE if kind != "uscc" and _DOCUMENT.fullmatch(bare) else _NO


def _fit_of_code(cell: str, field: Field) -> int:
    aliases = reference.aliases(str(field.code_list))
    known = reference.codes(str(field.code_list))
    read = codes(cell, aliases).split(";") if field.kind == "list" else [code(cell, aliases)]
    return _fit_of_listed(all(part in known for part in read), cell)


def _fit_of_listed(is_listed: bool, cell: str) -> int:
    """A digit or two are a code of many lists."""
    if not is_listed:
        return _NO
    return _MAYBE if cell.isascii() and len(cell) < 3 else _SURELY
