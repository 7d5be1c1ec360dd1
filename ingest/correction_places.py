"""Which row of the answered submission each row of a correction workbook is, by 原行号 and, where that was shifted,
dragged or shortened, beside what the rows say.

What a cell of 原行号 looks like is `warehouse.vocabulary.correction_columns`. Nothing is guessed: a column that
contradicts its rows refuses the workbook. Ends at a place for each row, or at a sentence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest import correction_answer
from ingest.correction_answer import Answer
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.tables import NOT_HASHED

_STRANGE = 2
"""A row whose texts are another row's may be somebody's correction; two are a column that slipped."""
_KEY_VOTES = 2
"""A whole natural key tells a row; of other texts that only one row has, it takes two."""
_BESIDE = "内容却是原第 {other} 行的，像是这一列移位了、被拖动填充，或只有部分列排了序"


@dataclass(frozen=True)
class Places:
    """The place of each row; null for a new row. `completed`: of so many the sheet's name was lacking."""

    of_rows: tuple[str | None, ...]
    completed: int


def settle(dataset: Dataset, answer: Answer, book: pa.Table, basis: pa.Table, known: Mapping[str, int]) -> Places | str:
    """`known`: place → row of `basis`, the submission as it was when the workbook was written."""
    written = answer.rows["place"].to_pylist()
    full = _completed(written, book["sheet"].to_pylist(), known)
    of_rows = _first_of_each(full, known)
    said = sum(map(bool, written))
    if refusal := correction_answer.unidentified(said - sum(place is not None for place in of_rows), said):
        return refusal
    strange = _strange(dataset, book, basis, [None if place is None else known[place] for place in of_rows], full)
    if len(strange) >= _STRANGE:
        row, other = next(iter(strange.items()))
        number, place = book["row_number"][row].as_py(), _number(full[row] or "")
        return (
            f"“{correction_columns.PLACE}”一列有 {len(strange)} 行与内容对不上："
            f"工作簿第 {number} 行写的是原第 {place} 行，" + _BESIDE.format(other=basis["row_number"][other].as_py())
        )
    completed = sum(before != after for before, after in zip(written, full, strict=True))
    return Places(tuple(of_rows), completed)


def _number(place: str) -> str:
    return place.rpartition("!")[2]


def _completed(
    written: Sequence[str | None], sheets: Sequence[str | None], known: Mapping[str, int]
) -> list[str | None]:
    """Places with the sheet's name where it was left out: of the sheet of the same name, else of the only one that has
    such a row."""
    by_number: dict[str, list[str]] = defaultdict(list)
    for option in known:
        by_number[_number(option)].append(option)
    completed: list[str | None] = []
    for place, sheet in zip(written, sheets, strict=True):
        options = by_number.get(place or "", []) if place not in known else []
        same = [known_place for known_place in options if known_place == f"{sheet}!{place}"]
        completed.append((same or options)[0] if same or len(options) == 1 else place)
    return completed


def _first_of_each(written: Sequence[str | None], known: Mapping[str, int]) -> list[str | None]:
    """The place of each row in the answered submission; null for a new row, and for a second one of the same place
    (a row that was copied)."""
    seen: set[str] = set()
    places: list[str | None] = []
    for place in written:
        is_known = place in known and place not in seen
        places.append(place if is_known else None)
        if place is not None and is_known:
            seen.add(place)
    return places


def _strange(
    dataset: Dataset, book: pa.Table, basis: pa.Table, own_rows: Sequence[int | None], written: Sequence[str | None]
) -> dict[int, int]:
    """Row of the workbook → the row of `basis` that it says more of than of its own."""
    suspects = [at for at, place in enumerate(written) if place]
    strange: dict[int, int] = {}
    if not suspects:
        return strange
    names = [field.sent for field in dataset.fields if field.name not in NOT_HASHED]
    told = _texts(book.take(pa.array(suspects, pa.int64())), names)
    likeliest = _likeliest(dataset, told, _texts(basis, names))
    chosen = {at: row for at, row in likeliest.items() if row != own_rows[suspects[at]]}
    before = _texts(basis.take(pa.array([*chosen.values()], pa.int64())), names)
    mine = _texts(basis.take(pa.array([own_rows[suspects[at]] for at in chosen], pa.int64())), names)
    for order, (at, row) in enumerate(chosen.items()):
        like_other = sum(told[name][at].as_py() == before[name][order].as_py() for name in names)
        like_own = sum(told[name][at].as_py() == mine[name][order].as_py() for name in names)
        if like_other > like_own and not _is_copy(written, suspects[at], own_rows, row):
            strange[suspects[at]] = row
    return strange


def _is_copy(written: Sequence[str | None], at: int, own_rows: Sequence[int | None], row: int) -> bool:
    """A second row of one place that says what the first one said is a row that was copied."""
    if own_rows[at] is not None:
        return False
    first = written.index(written[at])
    return first != at and own_rows[first] == row


def _texts(table: pa.Table, names: Sequence[str]) -> dict[str, pa.Array]:
    return {
        name: pc.fill_null(pc.utf8_trim_whitespace(table[name].combine_chunks()), "").cast(pa.string())
        for name in names
    }


def _likeliest(dataset: Dataset, told: Mapping[str, pa.Array], basis: Mapping[str, pa.Array]) -> dict[int, int]:
    """Row of `told` → the row of `basis` that alone has its natural key, or two of its texts."""
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    keys = [dataset.field(name).sent for name in dataset.key]
    columns = [(told[name], basis[name], 1) for name in basis]
    columns.append((_joined(told, keys), _joined(basis, keys), _KEY_VOTES))
    for mine, theirs, weight in columns:
        rows_by_text = _only_ones(theirs, mine)
        for at, text in enumerate(mine.to_pylist()):
            if text in rows_by_text:
                votes[at][rows_by_text[text]] += weight
    best = {at: counted.most_common(1)[0] for at, counted in votes.items()}
    return {at: row for at, (row, count) in best.items() if count >= _KEY_VOTES}


def _joined(texts: Mapping[str, pa.Array], names: Sequence[str]) -> pa.Array:
    return pc.binary_join_element_wise(*(texts[name] for name in names), "\x1f")


def _only_ones(theirs: pa.Array, mine: pa.Array) -> dict[str, int]:
    """Texts of `mine` that stand once in `theirs` → where."""
    counted = theirs.value_counts()
    rare = counted.field("values").filter(pc.equal(counted.field("counts"), 1))
    wanted = pc.unique(mine).filter(pc.is_in(pc.unique(mine), value_set=rare))
    places = np.flatnonzero(pc.is_in(theirs, value_set=wanted).to_numpy(zero_copy_only=False))
    return {text: int(at) for at in places if (text := theirs[int(at)].as_py())}
