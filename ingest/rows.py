"""Which rows under a header are data, and what is to be said of those that are not.

Cells are judged as they read once they are tidied. Why a row is no data is `row_reasons`, what a template prepared
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
from ingest.layout import Layout
from ingest.prepared_rows import prepared_rows
from ingest.readers.sheet import Row
from ingest.row_reasons import STROKES, RowJudge
from ingest.totals import compared
from ingest.values import text
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.submission import Remark, RemarkKind

_HEADERS = ("header", "other_header", "other_dataset")
_TOTAL_PLACES = 4
"""A total is named in the first filled cell or in one of so many first columns."""
_SHOWN_ROWS = 10
_WIDE = {ord(char): ord(char) + 0xFEE0 for char in "-/\\.()"}
_STRUCK = "|".join(sorted(rf"\Q{spelled}\E" for stroke in STROKES for spelled in {stroke, stroke.translate(_WIDE)}))


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
    judge = RowJudge(layout, dataset)
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


def _mask(matches: pa.BooleanArray | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    said = pc.fill_null(matches, False)
    whole = said.combine_chunks() if isinstance(said, pa.ChunkedArray) else said
    return np.asarray(whole.to_numpy(zero_copy_only=False), dtype=bool)


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
    body: Sequence[pa.StringArray], is_data: npt.NDArray[np.bool_], judge: RowJudge
) -> Iterator[tuple[int, Row]]:
    """Rows that may be no data, tidied, with their place in the body: by their first texts, or for want of what data
    has.

    Below the first note every row is one.
    """
    if not len(is_data) or not body:
        return iter(())
    first = pc.coalesce(*body)
    note = _says(first, f"^(?:{row_words.NOTE})")
    suspects = note | _says(first, f"^(?:{row_words.EXAMPLE}|{row_words.NOTHING})$")
    # All at once: a pattern takes longer to make ready than to be held against a thousand cells.
    anchored = [body[at] for at in judge.anchors if at >= _TOTAL_PLACES]
    named = pa.chunked_array([first, *body[:_TOTAL_PLACES], *anchored], pa.string())
    bare = pc.utf8_trim(pa.chunked_array(body[:_TOTAL_PLACES], pa.string()), characters=row_words.NOISE_CHARACTERS)
    for matches in (
        _says(named, f"^(?:{row_words.TOTAL}|{row_words.GROUP_TOTAL})$"),
        _mask(pc.is_in(bare, value_set=judge.spelled)),
    ):
        suspects |= matches.reshape(-1, len(is_data)).any(axis=0)
    if judge.anchors:
        suspects |= _mask(pc.is_null(pc.coalesce(*(body[at] for at in judge.anchors))))
    if note.any():
        suspects[int(note.argmax()) :] = True
    places = np.flatnonzero(suspects & is_data)
    rows = zip(*_tidied(body, places), strict=True)
    return ((int(at), list(row)) for at, row in zip(places, rows, strict=True))


def _says(cells: pa.StringArray | pa.ChunkedArray, pattern: str) -> npt.NDArray[np.bool_]:
    """Which cells match. Each text is asked once: of three cells two repeat, and most sheets have none that does."""
    texts = pc.unique(cells)
    matching = texts.filter(pc.match_substring_regex(texts, pattern))
    return _mask(pc.is_in(cells, value_set=matching)) if len(matching) else np.zeros(len(cells), dtype=bool)


def _tidied(body: Sequence[pa.StringArray], places: npt.NDArray[np.int64]) -> list[list[str | None]]:
    """The rows' cells column by column; null where tidying leaves nothing."""
    if not len(places):
        return [[] for _ in body]
    chosen = pa.array(places)
    tidied = text.tidy(pa.concat_arrays([column.take(chosen) for column in body]))
    cells: Row = pc.if_else(pc.equal(tidied, ""), None, tidied).to_pylist()
    return [cells[at : at + len(places)] for at in range(0, len(cells), len(places))]


def _titles(
    body: Sequence[pa.StringArray], is_data: npt.NDArray[np.bool_], headers: Sequence[int], judge: RowJudge
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
    is_data: npt.NDArray[np.bool_], reasons: dict[str, list[int]], judge: RowJudge
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
