"""Rows as text → typed rows, for all new submissions of a dataset at once. Each distinct text is typed once.

How a text becomes a value is `values/`; whether the value is right is judged by `expectations`. Ends at
`tables.shaped_schema`.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, overload

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.values import dates, numbers, text
from ingest.values.codes import code, codes
from ingest.values.grades import is_grade
from warehouse.vocabulary import contract, period, reference
from warehouse.vocabulary.contract import ARROW, TYPED, Dataset, Field, Flaw
from warehouse.vocabulary.submission import Submission
from warehouse.vocabulary.tables import NOT_HASHED, shaped_schema

_FIRST_OF_SPAN = frozenset({"start_date", "valid_from"})
_LAST_OF_SPAN = frozenset({"end_date", "valid_to", "valid_until", "completion_date"})
BLOCK_ROWS = 100_000
"""Rows typed at once: bounds memory, and keeps a column's text far below Arrow's 2 GB."""
_FEW_BLOCKS = 2
"""Held all the while: as many rows as are decided together. To shape them twice took a fifth of checking them."""
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class _Typed:
    """One field of all rows: value, why there is none, and the text that identifies the value."""

    value: pa.Array
    flaw: pa.StringArray
    canonical: pa.StringArray


class Shaped(Sequence[pa.Table]):
    """Rows as text, shaped block by block. A few blocks are shaped at the beginning and held; of more, which only a
    large file has, one at a time, and as often as they are gone through."""

    def __init__(self, dataset: str, table: pa.Table, submissions: Mapping[str, Submission]) -> None:
        """`table` is `tables.read_schema`; `submissions` holds every submission_id of it."""
        self._dataset = contract.dataset(dataset)
        self._table = _ordered(table)
        self._submissions = submissions
        self._held = self._all() if len(self) <= _FEW_BLOCKS else None

    def __len__(self) -> int:
        return -(-self._table.num_rows // BLOCK_ROWS) or 1

    @overload
    def __getitem__(self, at: int) -> pa.Table: ...
    @overload
    def __getitem__(self, at: slice) -> list[pa.Table]: ...
    def __getitem__(self, at: int | slice) -> pa.Table | list[pa.Table]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self._shaped(at) if self._held is None else self._held[at]

    def _all(self) -> list[pa.Table]:
        with ThreadPoolExecutor(_FEW_BLOCKS) as threads:
            return list(threads.map(self._shaped, range(len(self))))

    def _shaped(self, at: int) -> pa.Table:
        rows = self._table.slice(at * BLOCK_ROWS, BLOCK_ROWS).combine_chunks()
        return _shape(self._dataset, rows, self._submissions) if rows.num_rows else self._empty

    @property
    def _empty(self) -> pa.Table:
        return shaped_schema(self._dataset).empty_table()


def shape(dataset: str, table: pa.Table, submissions: Mapping[str, Submission]) -> pa.Table:
    """`tables.read_schema` → `tables.shaped_schema`, ordered by submission and row.

    `submissions` holds every submission_id of the table; placeholders and blanks become null, a code that no list
    knows stays as text, and text that gives no value becomes null with the reason in `<field>__flaw`.
    """
    return pa.concat_tables(list(Shaped(dataset, table, submissions)))


def _shape(wanted: Dataset, table: pa.Table, submissions: Mapping[str, Submission]) -> pa.Table:
    columns = {name: _column(table, name) for name in ("submission_id", "row_index", "sheet", "row_number")}
    columns |= _envelope(columns["submission_id"], submissions)
    row_flaw = columns["row_flaw"] = _column(table, "row_flaw")
    is_shifted = pc.fill_null(pc.equal(row_flaw, "shifted"), False) if row_flaw.null_count < len(row_flaw) else None
    canonical: list[pa.Array] = []
    for field in wanted.fields:
        sent = _column(table, field.sent)
        typed = _typed(field, sent, _column(table, f"{field.name}__read"))
        if is_shifted is not None:
            typed = _emptied(typed, is_shifted)
        columns |= {field.name: typed.value, field.sent: sent, field.flaw: typed.flaw}
        if field.name not in NOT_HASHED:
            canonical.append(typed.canonical)
    columns["row_hash"] = _hashes(canonical)
    schema = shaped_schema(wanted)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _column(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).chunk(0)


def _ordered(table: pa.Table) -> pa.Table:
    order = pc.sort_indices(table, sort_keys=[("submission_id", "ascending"), ("row_index", "ascending")])
    if order.equals(pa.array(np.arange(table.num_rows, dtype=np.uint64))):
        return table
    return table.take(order)


def _envelope(submission_ids: pa.StringArray, submissions: Mapping[str, Submission]) -> dict[str, pa.Array]:
    encoded = submission_ids.dictionary_encode()
    known = [submissions[name] for name in encoded.dictionary.to_pylist()]
    periods = [period.parse(submission.period) for submission in known]
    distinct = {
        "department_code": pa.array([submission.department for submission in known], pa.string()),
        "unit_code": pa.array([submission.unit for submission in known], pa.string()),
        "period": pa.array([submission.period for submission in known], pa.string()),
        "period_start_date": pa.array([reported and reported.start for reported in periods], pa.date32()),
        "period_end_date": pa.array([reported and reported.end for reported in periods], pa.date32()),
    }
    return {name: values.take(encoded.indices) for name, values in distinct.items()}


def _typed(field: Field, sent: pa.StringArray, read: pa.StringArray) -> _Typed:
    """Types the distinct texts of one field and spreads them over the rows."""
    texts = sent if read.null_count == len(read) else pc.coalesce(read, sent)
    encoded = texts.dictionary_encode()
    value, flaw, canonical = (array.take(encoded.indices) for array in _distinct(field, encoded.dictionary))
    if field.default is not None:
        unsaid = pc.and_(pc.is_null(value), pc.is_null(flaw))
        value = pc.if_else(unsaid, field.default, value)
        canonical = pc.if_else(unsaid, field.default, canonical)
    return _Typed(value, flaw, canonical)


def _emptied(typed: _Typed, is_shifted: pa.BooleanArray) -> _Typed:
    """No value and no flaw where the cell is another field's; what identifies the row stays."""
    return _Typed(
        pc.if_else(is_shifted, pa.scalar(None, typed.value.type), typed.value),
        pc.if_else(is_shifted, pa.scalar(None, pa.string()), typed.flaw),
        typed.canonical,
    )


def _distinct(field: Field, texts: pa.StringArray) -> tuple[pa.Array, pa.StringArray, pa.StringArray]:
    """Value, flaw and canonical text of each distinct text."""
    if field.kind == "list" and pc.any(pc.match_substring(texts, "\n")).as_py():
        texts = pa.array([text and _lines_apart(text, field) for text in texts.to_pylist()], pa.string())
    tidied = text.tidy(texts)
    blank, flaw = text.is_placeholder(tidied), text.flaw(tidied)
    flaw = pc.coalesce(flaw, text.garbled(tidied, is_name=field.name == text.PERSON_NAME))
    if field.restricted:
        flaw = pc.coalesce(flaw, text.masked(tidied))
    sound = pc.if_else(pc.is_valid(flaw), pa.scalar(None, pa.string()), tidied)
    parse = _parser(field)
    if parse is None:
        value = _cleared(_text(field, sound), blank)
        return value, flaw, pc.coalesce(value, pc.if_else(blank, pa.scalar(None, pa.string()), tidied))
    value = pa.array([parse(tidy) if tidy else None for tidy in sound.to_pylist()], ARROW[field.kind])
    if field.kind not in TYPED:
        # 无 and the like say nothing, unless a list has a code of that name.
        is_code = pc.is_in(value, value_set=pa.array(list(reference.codes(str(field.code_list))), pa.string()))
        value = _cleared(value, pc.and_(blank, pc.invert(is_code)))
        return value, flaw, pc.coalesce(value, pc.if_else(blank, pa.scalar(None, pa.string()), tidied))
    untyped = pc.and_(pc.invert(blank), pc.and_(pc.is_null(value), pc.is_null(flaw)))
    flaw = pc.coalesce(
        flaw,
        pa.array(
            [
                _untypable(field, tidy) if is_untyped else None
                for tidy, is_untyped in zip(tidied.to_pylist(), untyped.to_pylist(), strict=True)
            ],
            pa.string(),
        ),
    )
    return value, flaw, pc.if_else(pc.is_valid(flaw), tidied, pc.cast(value, pa.string()))


def _lines_apart(written: str, field: Field) -> str:
    """Several choices in one cell, each on a line of its own; a name that was broken to fit its cell stays one."""
    lines = [line.strip() for line in written.split("\n") if line.strip()]
    whole = code("".join(lines), reference.aliases(str(field.code_list)))
    return written if whole in reference.codes(str(field.code_list)) else ";".join(lines)


def _untypable(field: Field, tidied: str) -> Flaw:
    if field.kind != "date":
        return "grade" if field.is_score and is_grade(tidied) else "type"
    if dates.is_timestamp(tidied):
        return "timestamp"
    return "span" if dates.span(tidied) else "month" if dates.is_month(tidied) else "type"


def _cleared(value: pa.StringArray, blank: pa.BooleanArray) -> pa.StringArray:
    return pc.if_else(pc.or_(blank, pc.fill_null(pc.equal(value, ""), True)), pa.scalar(None, pa.string()), value)


def _text(field: Field, tidied: pa.StringArray) -> pa.StringArray:
    if field.kind in text.IDENTIFIERS:
        return text.identifier(tidied)
    if field.kind == "phone":
        return text.phone(tidied)
    if field.kind == "office_phone":
        return text.office_phone(tidied)
    return text.name(tidied) if field.name == text.PERSON_NAME else tidied


def _parser(field: Field) -> Callable[[str], Any] | None:
    """What types one text of the field; null for kinds that are text."""
    match field.kind:
        case "code":
            return functools.partial(code, aliases=reference.aliases(str(field.code_list)))
        case "list":
            return functools.partial(codes, aliases=reference.aliases(str(field.code_list)))
        case "bool":
            return _bool
        case "int":
            return _year if field.name.endswith("year") else numbers.integer
        case "decimal":
            return numbers.decimal
        case "percent":
            return numbers.share
        case "money":
            return numbers.fen
        case "date":
            return _date_of(field)
        case "time":
            return dates.time
    return None


def _year(tidied: str) -> int | None:
    """Spreadsheets make dates of years."""
    number = numbers.integer(tidied)
    return dates.year(tidied) if number is None else number


def _date_of(field: Field) -> Callable[[str], dt.date | None]:
    """A cell with both ends of a span gives a beginning its first day and an end its last."""
    if field.name not in _FIRST_OF_SPAN | _LAST_OF_SPAN:
        return dates.date
    end = 0 if field.name in _FIRST_OF_SPAN else 1

    def parse(tidied: str) -> dt.date | None:
        day = dates.date(tidied)
        both = None if day else dates.span(tidied)
        return both[end] if both else day

    return parse


def _bool(tidied: str) -> bool | None:
    return {"1": True, "0": False}.get(code(tidied, reference.aliases("yes_no")))


def _hashes(canonical: list[pa.Array]) -> pa.Array:
    """MD5 over the canonical texts of a row; an empty cell differs from every text."""
    joined = pc.binary_join_element_wise(*canonical, _SEPARATOR, null_handling="replace", null_replacement="\x00")
    rows = pa.table({"joined": joined})
    with duckdb.connect(config={"threads": 1}) as connection:
        # One thread and no ordering keep the rows in their order.
        hashed = connection.from_arrow(rows).select(duckdb.FunctionExpression("md5", "joined").alias("row_hash"))
        return hashed.to_arrow_table().column("row_hash").combine_chunks()
