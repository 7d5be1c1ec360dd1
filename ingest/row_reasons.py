"""Why a row below a header is no data: its cells, tidied, say a header, a total, a note, an example or nothing.

The words are `row_words`; which rows are asked is `rows`. Ends at reasons.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pyarrow as pa

from ingest import row_words
from ingest.headers import of_contract
from ingest.layout import MIN_HEADERS, Layout
from ingest.readers.sheet import Row
from ingest.row_words import COUNT_RE, EXAMPLE_RE, GROUP_TOTAL_RE, NOTE_RE, NUMBER_RE, TOTAL_RE, says_nothing
from ingest.values import text
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Dataset

_SHORT = 2
"""A row that only says that there is nothing, and a title, has no more filled cells."""
_LIKE_A_HEADER = 2
"""More cells than these, and more than half of a row, that are headers are a header."""
_LONGEST_COUNT = 7
"""Digits of the most rows that a sheet has; a number of more is an identifier."""
STROKES = frozenset(text.PLACEHOLDERS) - {""}
"""What is drawn or written through an empty cell."""


@functools.cache
def _spellings() -> frozenset[str]:
    """Every header of every dataset as it is written: 0.5 ms to gather, and a run reads thousands of sheets."""
    return frozenset().union(*(of_contract(name).spellings for name in contract.names()))


def _header_cells(layout: Layout) -> list[tuple[int, Row]]:
    """Of each column that a field claims its place, and the texts of its header, tidied."""
    places = [column.at for column in layout.columns if column.fields]
    height = len(layout.header)
    tidied = _tidied(tuple(row[at] for at in places for row in layout.header))
    return [(at, tidied[number * height : (number + 1) * height]) for number, at in enumerate(places)]


@functools.lru_cache(maxsize=256)
def _tidied(texts: tuple[str | None, ...]) -> Row:
    """Month after month a feed has the same header, and a few texts take as long as a thousand (1 ms)."""
    tidied: Row = text.tidy(pa.array(texts, pa.string())).to_pylist()
    return tidied


@functools.lru_cache(maxsize=256)
def _spelled(headers: frozenset[str]) -> pa.StringArray:
    """These headers of a sheet and all of `_spellings`."""
    return pa.array(sorted(headers | _spellings()), pa.string())


class RowJudge:
    """Tells why a row is no data, row after row: below a note, short rows are notes too."""

    def __init__(self, layout: Layout, dataset: Dataset) -> None:
        self._header_cells = _header_cells(layout)
        self.anchors = _anchors(layout, dataset)
        self.other_titles: dict[int, str] = {}
        self._dataset = dataset
        self._headers = {cell for _, cells in self._header_cells for cell in cells if cell}
        self.spelled = _spelled(frozenset({*self._headers, *layout.header_texts}))
        self.counters = frozenset(column.at for column in layout.columns if "source_row_no" in column.fields)
        self._identities = [
            column.at
            for column in layout.columns
            if any(dataset.field(name).kind in text.IDENTIFIERS for name in column.fields)
        ]
        self._in_notes = False

    def is_title(self, row: Row) -> bool:
        """A line with a text or two of which one is called like a title, or is merged over many cells."""
        texts = {cell for cell in row if cell and cell.strip()}
        if len(texts) > _SHORT or any(self._is_given(row[at], None) for at in self._identities if row[at] not in texts):
            return False
        return sum(1 for cell in row if cell in texts) > _SHORT or any(map(row_words.TITLE_RE.fullmatch, texts))

    def reason(self, row: Row, at: int) -> str | None:
        """`blank`, `header`, `other_header`, `other_dataset` (its title is kept by the row's place `at`), `example`,
        `nothing`, `total` or `note`; null for data."""
        filled = [at for at, cell in enumerate(row) if cell]
        if not filled or (len(filled) == 1 and filled[0] in self.counters):
            return "blank"
        texts = [cell for at in filled[:3] if (cell := row[at])]
        if EXAMPLE_RE.fullmatch(texts[0]):
            return "example"
        if says_nothing(texts[0]) and len(filled) <= _SHORT:
            return "nothing"
        if self._header_cells and all(row[at] in cells for at, cells in self._header_cells):
            return "header"
        if sum(row[at] in self._headers for at in filled) > max(_LIKE_A_HEADER, len(filled) // 2):
            return "other_header"
        if sum(cell in _spellings() for cell in row) >= MIN_HEADERS and (title := self._other_title(row)):
            self.other_titles[at] = title
            return "other_dataset"
        total = self._total(row, texts)
        note = NOTE_RE.match(texts[0])
        if not (total or note or self._in_notes):
            return None
        if self._in_notes and not total and len(filled) <= 2 < len(self._header_cells):
            return "note"
        if all(self._is_given(row[at], total) for at in self.anchors):
            return None
        if total:
            return None if any(self._is_given(row[at], total) for at in self._identities) else "total"
        if note:
            self._in_notes = True
            return "note"
        return None

    def _other_title(self, row: Row) -> str | None:
        """The title of the dataset of which most of the cells are headers, and more than of this one; else null."""
        texts = [cell for cell in row if cell]
        known = {
            name: len({field for cell in texts for field in of_contract(name).fields(cell)})
            for name in contract.names()
        }
        likely = max(known, key=lambda name: (known[name], name == self._dataset.name))
        is_header = known[likely] >= max(MIN_HEADERS, len(texts) // 2 + 1)
        return contract.dataset(likely).title if is_header and likely != self._dataset.name else None

    def _total(self, row: Row, texts: Sequence[str]) -> str | None:
        """The cell that calls the row a total; beside the name of a group stand only figures."""
        total = next((cell for cell in texts if TOTAL_RE.fullmatch(cell)), None)
        if total:
            return total
        words = [cell for cell in row if cell and not NUMBER_RE.fullmatch(cell) and cell not in STROKES]
        is_group = len(words) == 1 and (TOTAL_RE.fullmatch(words[0]) or GROUP_TOTAL_RE.fullmatch(words[0]))
        return words[0] if is_group else None

    def _is_given(self, cell: str | None, total: str | None) -> bool:
        """Does the cell say what only data says? A total states how many there are also under a key."""
        if not cell or cell == total or NOTE_RE.match(cell):
            return False
        is_count = (cell.isdecimal() and len(cell) <= _LONGEST_COUNT) or COUNT_RE.fullmatch(cell)
        return not (total and (cell in STROKES or is_count))


def _anchors(layout: Layout, dataset: Dataset) -> list[int]:
    """Columns that no data row leaves empty: the required part of the natural key, else all required."""
    keyed = {field.name for field in dataset.fields if field.required and field.is_key}
    required = {field.name for field in dataset.fields if field.required}
    for wanted in (keyed, required):
        anchors = [column.at for column in layout.columns if wanted.intersection(column.fields)]
        if anchors:
            return anchors
    return []
