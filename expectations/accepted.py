"""What goes on of good rows: tokens in the place of identifiers, no value that a warning doubts.

Which rows are good is told by `check`; the columns are `warehouse.vocabulary.privacy`'s. Ends at
`tables.accepted_schema`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.bad_rows import with_shared
from expectations.identity import FORM_18, full_match
from warehouse.vocabulary import privacy
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.tables import accepted_schema, shaped_schema

ROW_TOKEN_SQL = "token('ROW|' || row_hash)"
SCANNED_AT_ONCE = 20_000
"""Rows of an Arrow batch: DuckDB gives each batch to one thread."""


def accepted_rows(
    con: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    shaped: pa.Table,
    is_good: npt.NDArray[np.bool_],
    doubted: Mapping[str, Sequence[int]],
) -> pa.Table:
    """The good rows of a shaped table in their order.

    Args:
        con: with the macros of `privacy` and a key.
        doubted: field → the places from 0 where a warning is about its value, which is emptied.
    """
    schema = accepted_schema(dataset)
    names = [field.name for field in dataset.fields]
    place = [name for name in schema.names if name in shaped_schema(dataset).names and name not in names]
    good = shaped.select([*place, "row_hash", *names])
    for name, places in doubted.items():
        is_doubted = np.zeros(good.num_rows, dtype=bool)
        is_doubted[places] = True
        at, values = good.schema.get_field_index(name), good[name]
        good = good.set_column(at, name, pc.if_else(pa.array(is_doubted), pa.scalar(None, values.type), values))
    good = good.append_column("is_good", pa.array(is_good))
    con.register("good", pa.Table.from_batches(good.to_batches(SCANNED_AT_ONCE), good.schema))
    accepted = con.execute(_sql(dataset, place)).to_arrow_table().cast(schema)
    con.unregister("good")
    return accepted


def _sql(dataset: Dataset, place: Sequence[str]) -> str:
    """A filter and a projection, without join or order, so that the rows stay as they come. What several columns
    compute of an identity number is computed once."""
    accepted = privacy.accepted_columns(dataset)
    shared: dict[str, str] = {}
    for field in dataset.fields:
        whole = f"id18({field.name})"
        if sum(column.sql.count(whole) for column in accepted) > 1:
            shared |= {full_match(whole, FORM_18): f"{field.name}__is_18_form", whole: f"{field.name}__18"}
    computed = "".join(f", {expression} as {name}" for expression, name in shared.items())
    columns = ", ".join(
        f"cast({with_shared(column.sql, shared)} as {_sql_type(column.type)}) as {column.name}" for column in accepted
    )
    rows = f"select *{computed} from good where is_good"
    return f"select {', '.join(place)}, {ROW_TOKEN_SQL} as row_token, {columns} from ({rows})"


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    names = {
        pa.string(): "varchar",
        pa.int64(): "bigint",
        pa.int32(): "integer",
        pa.date32(): "date",
        pa.bool_(): "boolean",
    }
    return names[kind]
