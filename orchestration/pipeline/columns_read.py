"""Which columns of a table a statement needs, as DuckDB plans it: rows that differ in others alone change nothing.

The plan is asked for without what depends on the rows that stand, so that it holds for whatever rows come. Ends at
column names; what is done with them is `dbt_changes`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import duckdb

_OF_ROWS = "filter_pushdown,join_filter_pushdown,statistics_propagation"
"""Steps of the optimizer that may leave out a column or a table for what the rows are, or read a column in a filter
that is told as text alone."""


_NO_COLUMNS = {"", "rowid"}
"""What the plan names where rows are counted alone, or told apart by where they lie."""


def columns_read(con: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> list[dict[str, tuple[str, ...]]]:
    """Of each statement: table, as `database.schema.table` → columns that are read anywhere in it, in the order of
    their names. A table of which more is needed than columns, or nothing is told, is left out."""
    con.execute(f"set disabled_optimizers = '{_OF_ROWS}'")
    try:
        return [_of_plan(con.execute(f"explain (format json) {sql}").fetchall()[0][1]) for sql in statements]
    finally:
        con.execute("reset disabled_optimizers")


def _of_plan(plan: str) -> dict[str, tuple[str, ...]]:
    read: dict[str, set[str]] = {}
    for table, columns in _scans(json.loads(plan)):
        read.setdefault(table, set()).update(columns)
    return {table: tuple(sorted(columns)) for table, columns in read.items() if not columns & _NO_COLUMNS}


def _scans(nodes: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Tables that are read, and their columns: one is told as text, several as a list."""
    for node in nodes:
        facts = node["extra_info"]
        if "Table" in facts:
            told = facts.get("Projections", "")
            yield facts["Table"], [told] if isinstance(told, str) else told
        yield from _scans(node["children"])
