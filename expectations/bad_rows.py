"""SQL that gives the bad rows of compiled checks: all conditions on one row in one pass, what they share computed once.

What of the findings is told is `check`'s. Ends at SQL text and the small tables of values that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from expectations import identity
from expectations.compiled import Check
from warehouse.vocabulary.contract import Dataset

ROW_KEY = "submission_id, row_index"
_COSTLY = 400
"""Characters of a condition from which judging distinct values wins: the check of a credit code costs 0.8 µs a row,
finding its distinct values 0.05."""
_ASKS_A_TABLE = re.compile(r"[(] *(?:from|select)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'")
_WORD = re.compile(r"\w+")


def shared_columns(dataset: Dataset, checks: Sequence[Check]) -> dict[str, str]:
    """Expression → name of the column that holds its value: what several checks compute of an identity number."""
    texts = [check.sql for check in checks]
    expressions = {
        expression(field.name): f"{field.name}__{name}"
        for field in dataset.fields
        if field.kind in ("id", "id_or_uscc")
        for name, expression in (
            ("is_resident_form", identity.resident_form),
            ("is_18_form", lambda column: identity.full_match(column, identity.FORM_18)),
            ("birth_date_inside", identity.birth_date),
        )
    }
    return {
        expression: name
        for expression, name in expressions.items()
        if sum(text.count(expression) for text in texts) > 1
    }


def with_shared(sql: str, shared: Mapping[str, str]) -> str:
    """`sql` with the columns in the place of the expressions."""
    for expression, name in shared.items():
        sql = sql.replace(expression, name)
    return sql


def words(sql: str) -> frozenset[str]:
    """The names in a text of SQL, what is quoted left out."""
    return frozenset(_WORD.findall(_QUOTED.sub("", sql)))


def find(con: duckdb.DuckDBPyConnection, table: str, checks: Sequence[Check]) -> str:
    """SQL that gives submission_id, row_index and check_number (the place in `checks`) of every bad row of a table in
    `con` that bears the dataset's name."""
    conditions = {number: check.condition for number, check in enumerate(checks) if check.condition}
    return " union all ".join(filter(None, [by_file(checks, {}), by_row(table, conditions)]))


def by_file(checks: Sequence[Check], shared: Mapping[str, str]) -> str | None:
    """The checks that look at whole files, each a query of its own over the table that it names."""
    parts = [
        f"select {ROW_KEY}, {number}::smallint as check_number from ({with_shared(check.sql, shared)})"
        for number, check in enumerate(checks)
        if not check.condition
    ]
    return " union all ".join(parts) or None


def by_row(table: str, conditions: Mapping[int, str]) -> str | None:
    """Conditions on one row by the number of their check, together in one pass over the table; in a second one those
    that ask another table: with its joins in the same pass the whole takes half as long again (5,000 rows: 130 instead
    of 90 ms)."""
    asking = {number: condition for number, condition in conditions.items() if _asks_a_table(condition)}
    others = {number: condition for number, condition in conditions.items() if number not in asking}
    return " union all ".join(_pass(table, part) for part in (others, asking) if part) or None


def _asks_a_table(condition: str) -> bool:
    return bool(_ASKS_A_TABLE.search(_QUOTED.sub("", condition)))


def _pass(table: str, conditions: Mapping[int, str]) -> str:
    either = " or ".join(f"({condition})" for condition in conditions.values())
    each = ", ".join(f"case when {condition} then {number}::smallint end" for number, condition in conditions.items())
    return (
        f"select {ROW_KEY}, unnest(list_filter([{each}], number -> number is not null)) as check_number "
        f"from {table} where {either}"
    )


def conditions_for(
    con: duckdb.DuckDBPyConnection, rows: pa.Table, checks: Sequence[Check], shared: Mapping[str, str]
) -> dict[int, str]:
    """The conditions that can find something in these rows; costly ones, and those that ask another table, ask for the
    distinct values that are bad, which lie in temporary tables of `con`."""
    conditions: dict[int, str] = {}
    for number, check in enumerate(checks):
        if check.condition is None:
            continue
        read = words(check.condition).intersection(rows.column_names)
        only = next(iter(read)) if len(read) == 1 else None
        if only and _finds_nothing_empty(check.condition, only) and rows[only].null_count == rows.num_rows:
            continue
        if only and (len(check.condition) > _COSTLY or _asks_a_table(check.condition)):
            if any_bad := _among_bad_values(con, rows[only], only, check.condition, f"bad_value_{number}"):
                conditions[number] = any_bad
        else:
            conditions[number] = with_shared(check.condition, shared)
    return conditions


def _finds_nothing_empty(condition: str, column: str) -> bool:
    return condition.startswith(f"{column} IS NOT NULL AND ")


def _among_bad_values(
    con: duckdb.DuckDBPyConnection, values: pa.ChunkedArray, column: str, condition: str, table: str
) -> str | None:
    """Judges the distinct values now; what is left to ask of a row is whether its value is a bad one. Null where none
    is."""
    con.register("distinct_value", pa.table({column: pc.unique(values)}))
    con.execute(f"create or replace temp table {table} as select {column} from distinct_value where {condition}")
    con.unregister("distinct_value")
    [(bad, filled)] = con.execute(f"select count(*), count({column}) from {table}").fetchall()
    if not bad:
        return None
    return f"{column} in (from {table})" if bad == filled else f"({column} is null or {column} in (from {table}))"
