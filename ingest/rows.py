"""Which rows under a header are data, and what is to be said of those that are not.

Cells are judged as they read once they are tidied. What such rows say is `row_words`, what a template prepared
`prepared_rows`, whether totals agree `totals`; where the header stands is `layout`. Ends at places and remarks; cells
are taken by `table_extract`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest import row_words
from ingest.headers import of_contract
from ingest.layout import MIN_HEADERS, Layout
from ingest.prepared_rows import prepared_rows
from ingest.readers.sheet import Row
from ingest.row_words import COUNT_RE, EXAMPLE_RE, GROUP_TOTAL_RE, NOTE_RE, NUMBER_RE, TOTAL_RE, says_nothing
from ingest.totals import compared
from ingest.values import text
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.submission import Remark, RemarkKind

_SHORT = 2
"""A row that only says that there is nothing, and a title, has no more filled cells."""
_LIKE_A_HEADER = 2
"""More cells than these, and more than half of a row, that are headers are a header."""
_HEADERS = ("header", "other_header", "other_dataset")
_TOTAL_PLACES = 4
"""A total is named in the first filled cell or in one of so many first columns."""
_LONGEST_COUNT = 7
"""Digits of the most rows that a sheet has; a number of more is an identifier."""
_SHOWN_ROWS = 10
_STROKES = frozenset(text.PLACEHOLDERS) - {""}
_WIDE = {ord(char): ord(char) + 0xFEE0 for char in "-/\\.()"}
_STRUCK = "|".join(sorted(rf"\Q{spelled}\E" for stroke in _STROKES for spelled in {stroke, stroke.translate(_WIDE)}))


@dataclass(frozen=True)
class Taken:
    """The places of the data rows in the sheet, the count of rows left out by reason, and what there is to say."""

    places: npt.NDArray[np.int64]
    left_out: dict[str, int]
    remarks: tuple[Remark, ...]


def take(layout: Layout, dataset: Dataset) -> Taken:
    """Looks at every row under the header; only rows that may be something else are looked at one by one."""
    body = [column[layout.data_at :] for column in layout.sheet.columns]
    size = layout.sheet.height - layout.data_at
    left_out = Counter("title" if _is_filled(row) else "blank" for row in layout.above)
    is_data = np.ones(size, dtype=bool)
    reasons: dict[str, list[int]] = {reason: [] for reason in ("total", "header", "other_header", "other_dataset")}
    judge = _Judge(layout, dataset)
    is_data[_blank(body, judge.counters, size)] = False
    left_out["blank"] += int(size - is_data.sum())
    for at, row in _suspects(body, is_data, judge):
        reason = judge.reason(row, at)
        if reason is not None:
            is_data[at] = False
            left_out["header" if reason in _HEADERS else reason] += 1
            reasons.setdefault(reason, []).append(at)
    for at in _titles(body, is_data, [*reasons["header"], *reasons["other_header"], *reasons["other_dataset"]], judge):
        is_data[at] = False
        left_out["title"] += 1
    others = list(_other_tables(is_data, reasons, judge))
    left_out["other_table"] += sum(int(remark.values["count"]) for _, remark in others)
    prepared = prepared_rows(layout, dataset, is_data)
    for alike in (prepared.sparse, prepared.full):
        is_data[alike] = False
        left_out["prepared"] += len(alike)
    said = (
        *compared(layout, dataset, is_data, reasons["total"]),
        *(Remark(other.kind, {"row": _numbers(layout, [at])[0]} | other.values) for at, other in others),
        *(Remark("second_header", {"row": row}) for row in _numbers(layout, reasons["other_header"][:1])),
        *_told(layout, "prepared_rows", prepared.sparse),
        *_told(layout, "rows_without_person", prepared.full),
    )
    places = np.flatnonzero(is_data) + layout.data_at
    return Taken(places, {reason: count for reason, count in left_out.items() if count}, said)


def _numbers(layout: Layout, places: Sequence[int]) -> list[str]:
    """Rows as the sender sees them."""
    return [str(layout.sheet.numbers[layout.data_at + at].as_py()) for at in places]


def _told(layout: Layout, kind: RemarkKind, places: Sequence[int]) -> Iterator[Remark]:
    """One remark on the rows, which are named as runs: 12–61."""
    if not places:
        return
    edges = np.flatnonzero(np.diff(places) > 1).tolist()
    firsts, lasts = [places[0], *(places[at + 1] for at in edges)], [*(places[at] for at in edges), places[-1]]
    runs = zip(_numbers(layout, firsts[:_SHOWN_ROWS]), _numbers(layout, lasts[:_SHOWN_ROWS]), strict=True)
    shown = "、".join(first if first == last else f"{first}–{last}" for first, last in runs)
    more = "等" if len(firsts) > _SHOWN_ROWS else ""
    yield Remark(kind, {"rows": shown + more, "count": str(len(places))})


def _mask(matches: pa.BooleanArray) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(matches, False).to_numpy(zero_copy_only=False), dtype=bool)


def _blank(body: Sequence[pa.StringArray], counters: frozenset[int], size: int) -> npt.NDArray[np.int64]:
    """Rows with nothing but numbers in 序号, what tidying takes away, and strokes through empty cells.

    Each column is asked only of the rows that are left: of most sheets after the first of none.
    """
    left = np.arange(size)
    for at, cells in enumerate(body):
        if at not in counters:
            asked = cells.take(pa.array(left)) if len(left) < size else cells
            is_nothing = pc.match_substring_regex(
                asked, f"(?i)^[{row_words.NOISE}]*(?:{_STRUCK})?[{row_words.NOISE}]*$"
            )
            left = left[_mask(pc.fill_null(is_nothing, True))]
            if not len(left):
                break
    return left


def _suspects(
    body: Sequence[pa.StringArray], is_data: npt.NDArray[np.bool_], judge: _Judge
) -> Iterator[tuple[int, Row]]:
    """Rows that may be no data, tidied, with their place in the body: by their first texts, or for want of what data
    has.

    Below the first note every row is one.
    """
    first = pc.coalesce(*body) if body else pa.nulls(len(is_data), pa.string())
    note = _mask(pc.match_substring_regex(first, f"^(?:{row_words.NOTE})"))
    suspects = note | _mask(pc.match_substring_regex(first, f"^(?:{row_words.EXAMPLE}|{row_words.NOTHING})$"))
    anchored = [body[at] for at in judge.anchors if at >= _TOTAL_PLACES]
    for texts in (first, *body[:_TOTAL_PLACES], *anchored):
        suspects |= _mask(pc.match_substring_regex(texts, f"^(?:{row_words.TOTAL}|{row_words.GROUP_TOTAL})$"))
    for texts in body[:_TOTAL_PLACES]:
        bare = pc.utf8_trim(texts, characters=row_words.NOISE_CHARACTERS)
        suspects |= _mask(pc.is_in(bare, value_set=judge.spelled))
    if judge.anchors:
        suspects |= _mask(pc.is_null(pc.coalesce(*(body[at] for at in judge.anchors))))
    if note.any():
        suspects[int(note.argmax()) :] = True
    places = np.flatnonzero(suspects & is_data)
    rows = zip(*_tidied(body, places), strict=True)
    return ((int(at), list(row)) for at, row in zip(places, rows, strict=True))


def _tidied(body: Sequence[pa.StringArray], places: npt.NDArray[np.int64]) -> list[list[str | None]]:
    """The rows' cells column by column; null where tidying leaves nothing."""
    chosen = pa.array(places)
    tidied = [text.tidy(column.take(chosen)) for column in body]
    columns: list[list[str | None]] = [pc.if_else(pc.equal(cells, ""), None, cells).to_pylist() for cells in tidied]
    return columns


def _titles(
    body: Sequence[pa.StringArray], is_data: npt.NDArray[np.bool_], headers: Sequence[int], judge: _Judge
) -> Iterator[int]:
    """Rows right above a header below the first, blank ones between: 二、补报."""
    for header in headers:
        at = header - 1
        while at >= 0:
            row = [column[at].as_py() for column in body]
            if is_data[at] and not judge.is_title(row):
                break
            if is_data[at]:
                yield at
            at -= 1


def _other_tables(
    is_data: npt.NDArray[np.bool_], reasons: dict[str, list[int]], judge: _Judge
) -> Iterator[tuple[int, Remark]]:
    """Takes out of `is_data` the rows of tables of other datasets, up to the next header of this one; each table's
    place and what is to be told of it."""
    for at in reasons["other_dataset"]:
        after = [header for reason in _HEADERS for header in reasons[reason] if header > at]
        end = min(after, default=len(is_data))
        count = int(is_data[at:end].sum())
        is_data[at:end] = False
        reasons["total"] = [total for total in reasons["total"] if not at < total < end]
        yield at, Remark("other_table", {"title": judge.other_titles[at], "count": str(count)})


def _is_filled(row: Row) -> bool:
    return any(cell and cell.strip(row_words.NOISE_CHARACTERS) for cell in row)


def _header_cells(layout: Layout, at: int) -> Row:
    texts: Row = text.tidy(pa.array([row[at] for row in layout.header], pa.string())).to_pylist()
    return texts


class _Judge:
    """Tells why a row is no data, row after row: below a note, short rows are notes too."""

    def __init__(self, layout: Layout, dataset: Dataset) -> None:
        self._header_cells = [
            (column.at, _header_cells(layout, column.at)) for column in layout.columns if column.fields
        ]
        self.anchors = _anchors(layout, dataset)
        self.other_titles: dict[int, str] = {}
        self._dataset = dataset
        self._headers = {cell for _, cells in self._header_cells for cell in cells if cell}
        self._spellings = frozenset().union(*(of_contract(name).spellings for name in contract.names()))
        self.spelled = pa.array(sorted({*self._headers, *layout.header_texts, *self._spellings}), pa.string())
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
        if sum(cell in self._spellings for cell in row) >= MIN_HEADERS and (title := self._other_title(row)):
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
        words = [cell for cell in row if cell and not NUMBER_RE.fullmatch(cell) and cell not in _STROKES]
        is_group = len(words) == 1 and (TOTAL_RE.fullmatch(words[0]) or GROUP_TOTAL_RE.fullmatch(words[0]))
        return words[0] if is_group else None

    def _is_given(self, cell: str | None, total: str | None) -> bool:
        """Does the cell say what only data says? A total states how many there are also under a key."""
        if not cell or cell == total or NOTE_RE.match(cell):
            return False
        is_count = (cell.isdecimal() and len(cell) <= _LONGEST_COUNT) or COUNT_RE.fullmatch(cell)
        return not (total and (cell in _STROKES or is_count))


def _anchors(layout: Layout, dataset: Dataset) -> list[int]:
    """Columns that no data row leaves empty: the required part of the natural key, else all required."""
    keyed = {field.name for field in dataset.fields if field.required and field.is_key}
    required = {field.name for field in dataset.fields if field.required}
    for wanted in (keyed, required):
        anchors = [column.at for column in layout.columns if wanted.intersection(column.fields)]
        if anchors:
            return anchors
    return []
