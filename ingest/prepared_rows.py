"""Rows that a template prepared and nobody filled in: numbers, choices, constants, formulas, but no person and no key.

What tells them from rows whose person was forgotten: several lie side by side, alike but for a number that counts on,
and they lack more than the person. A row that is filled like its neighbours is never taken for one, unless at the end
so many are alike that nobody wrote them. Which rows are blank, totals or notes is `rows`. Ends at places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.layout import Layout
from ingest.values import text
from warehouse.vocabulary.contract import Dataset, Kind

AT_THE_END, ANYWHERE = 2, 5
"""One row without a person may be somebody's mistake; so many that are alike are a template's."""
_LOOKED_AT = 200
"""So many filled rows show which columns are usually filled."""
_CHOSEN: frozenset[Kind] = frozenset({"code", "list", "bool"})
"""Kinds whose cells a template fills with a default."""
_ZEROS = ("0", "0.0", "0.00", "FALSE", "00:00:00", "0000-00-00", "1900-01-00", "1899-12-30", "1899-12-31")
"""What a formula gives for a cell that is empty: also as a day."""
_NOTHING = frozenset({*text.PLACEHOLDERS, *text.ERRORS, *_ZEROS})
_LONGEST = max(map(len, _NOTHING)) + 2
"""Longer texts say something: no need to tidy them."""
_COUNTED = re.compile(r"(\D*)(\d{1,9})(\D*)")
_Pattern = tuple[str, ...]


@dataclass(frozen=True)
class Prepared:
    """Places in the body. `full`: rows that are filled but for the person, and only for their number taken for
    prepared; `sparse`: all others."""

    sparse: list[int] = field(default_factory=list)
    full: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Group:
    """Rows side by side that are alike; `last` is the number of the last among the data rows."""

    places: list[int]
    last: int
    pattern: _Pattern

    @property
    def filled(self) -> frozenset[int]:
        """The columns with something in them."""
        return frozenset(at for at, cell in enumerate(self.pattern) if cell.upper() not in _NOTHING)


def prepared_rows(layout: Layout, dataset: Dataset, is_data: npt.NDArray[np.bool_]) -> Prepared:
    """The prepared rows among the data rows of the body, in order."""
    claims = _Claims.of(layout, dataset)
    body = [column[layout.data_at :] for column in layout.sheet.columns]
    rows = np.flatnonzero(is_data)
    without = rows[_without(body, claims, rows)]
    if len(without) < AT_THE_END:
        return Prepared()
    filled = np.setdiff1d(rows, without, assume_unique=True)[:_LOOKED_AT]
    # Rows that fill less than what is required show nothing.
    usual = max(_usual(body, claims.written, filled), claims.required, key=len)
    if not claims.people:
        usual -= set(claims.keys)
    numbers = np.searchsorted(rows, without).tolist()
    cells = _tidied(body, without)
    counters = claims.counters | _counting(cells, numbers, set(range(len(body))) - claims.fields)
    groups = list(_groups(cells, without.tolist(), numbers, counters))
    return _among(groups, usual, len(rows) - 1)


def _among(groups: Sequence[_Group], usual: frozenset[int], last: int) -> Prepared:
    """From the last group up; groups that lie in the middle need more rows, and what is like a prepared row is one.

    Args:
        usual: the columns that rows with a person fill, beside those of the person.
        last: the number of the last data row.
    """
    prepared = Prepared()
    known: set[_Pattern] = set()
    is_end = True
    for group in reversed(groups):
        is_end = is_end and group.last == last
        is_full = bool(usual) and usual <= group.filled
        least = (ANYWHERE if is_full else AT_THE_END) if is_end else ANYWHERE
        if len(group.places) < least or (is_full and not is_end):
            is_end = False
            continue
        last = group.last - len(group.places)
        known.add(group.pattern)
        (prepared.full if is_full else prepared.sparse).extend(group.places)
    taken = {*prepared.full, *prepared.sparse}
    alike = [place for group in groups if group.pattern in known for place in group.places]
    prepared.sparse.extend(place for place in alike if place not in taken)
    return Prepared(sorted(prepared.sparse), sorted(prepared.full))


@dataclass(frozen=True)
class _Claims:
    """Places of columns: of the person, and of the key where there is none; of all that one would have to write, and
    what of it is required; of 序号, of which cells say nothing; and of any field."""

    people: list[int]
    keys: list[int]
    written: frozenset[int]
    required: frozenset[int]
    counters: frozenset[int]
    fields: set[int]

    @classmethod
    def of(cls, layout: Layout, dataset: Dataset) -> _Claims:
        claims = [(column.at, dataset.field(name)) for column in layout.columns for name in column.fields]
        people = [(at, wanted) for at, wanted in claims if wanted.restricted and wanted.required]
        # Numbers first: hardly any is short enough to say nothing, so that nothing else is asked of its row.
        people.sort(key=lambda claim: claim[1].kind == "text")
        counters = frozenset(at for at, wanted in claims if wanted.name == "source_row_no")
        nobody = counters.union(at for at, _ in people)
        written = [(at, wanted) for at, wanted in claims if at not in nobody and wanted.kind not in _CHOSEN]
        required = [(at, wanted) for at, wanted in written if wanted.required]
        return cls(
            people=[at for at, _ in people],
            keys=[at for at, wanted in required if wanted.is_key],
            written=frozenset(at for at, _ in written),
            required=frozenset(at for at, _ in required),
            counters=counters,
            fields={at for at, _ in claims},
        )


def _says_nothing(cells: pa.StringArray) -> npt.NDArray[np.bool_]:
    texts = pc.fill_null(cells, "")
    says = np.zeros(len(cells), dtype=bool)
    short = np.flatnonzero(pc.less_equal(pc.utf8_length(texts), _LONGEST).to_numpy(zero_copy_only=False))
    if not len(short):
        return says
    tidied = pc.utf8_upper(text.tidy(texts.take(pa.array(short))))
    says[short] = pc.is_in(tidied, value_set=pa.array(sorted(_NOTHING), pa.string())).to_numpy(zero_copy_only=False)
    return says


def _without(body: Sequence[pa.StringArray], claims: _Claims, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which rows have nothing in any column of the person, else lack a key. Each column is asked only of the rows that
    are left."""
    lacking = np.zeros(len(rows), dtype=bool)
    if claims.people:
        left = np.arange(len(rows))
        for at in claims.people:
            left = left[_says_nothing(body[at].take(pa.array(rows[left])))]
        lacking[left] = True
        return lacking
    for at in claims.keys:
        lacking |= _says_nothing(body[at].take(pa.array(rows)))
    return lacking


def _usual(body: Sequence[pa.StringArray], written: frozenset[int], rows: npt.NDArray[np.int64]) -> frozenset[int]:
    """The columns that most of these rows fill; none where there are no rows."""
    if not len(rows):
        return frozenset()
    looked_at = pa.array(rows)
    return frozenset(at for at in written if (~_says_nothing(body[at].take(looked_at))).sum() * 2 >= len(rows))


def _tidied(body: Sequence[pa.StringArray], rows: npt.NDArray[np.int64]) -> list[tuple[str, ...]]:
    chosen = pa.array(rows)
    columns = [text.tidy(pc.fill_null(column.take(chosen), "")).to_pylist() for column in body]
    return list(zip(*columns, strict=True))


def _counting(cells: Sequence[tuple[str, ...]], numbers: Sequence[int], columns: set[int]) -> frozenset[int]:
    """Those of the columns that count on from the last row but one to the last: a 序号 under another name."""
    if numbers[-1] - numbers[-2] != 1:
        return frozenset()
    before, after = cells[-2:]
    return frozenset(at for at in columns if _counts_on(before[at], after[at]))


def _counts_on(before: str, after: str) -> bool:
    first, second = _COUNTED.fullmatch(before), _COUNTED.fullmatch(after)
    if not first or not second or (first[1], first[3]) != (second[1], second[3]):
        return False
    return int(second[2]) - int(first[2]) == 1


def _groups(
    cells: Sequence[tuple[str, ...]], places: Sequence[int], numbers: Sequence[int], counters: frozenset[int]
) -> Iterator[_Group]:
    """The rows by runs of neighbours that are alike but for the columns that count. `numbers`: which of the data rows
    each is."""
    patterns = [_without_counters(row, counters) for row in cells]
    for _, run in groupby(range(len(cells)), key=lambda at: (patterns[at], numbers[at] - at)):
        members = list(run)
        yield _Group([places[at] for at in members], numbers[members[-1]], patterns[members[0]])


def _without_counters(row: Sequence[str], counters: frozenset[int]) -> _Pattern:
    return tuple("" if at in counters else cell for at, cell in enumerate(row))
