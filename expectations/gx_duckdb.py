"""Great Expectations on DuckDB: the engine, a database seen through it, and expectations written as SQL.

What the expectations say belongs to `fields.py` and `rule.py`; which of them make a dataset's suite, to `compile.py`.
"""

from __future__ import annotations

import datetime as dt
import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Type  # noqa: UP035

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
import great_expectations.expectations as gxe
import sqlalchemy as sa
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine as GxSqlEngine
from great_expectations.expectations.expectation import Expectation as Expectation
from sqlalchemy.dialects import postgresql

from warehouse.vocabulary import privacy
from warehouse.vocabulary.errors import OperatorError


class SqlAlchemyExecutionEngine(GxSqlEngine):
    """GX's SQL engine with one connection kept open and regular expressions; its metrics go by the class's name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = postgresql  # DuckDB shares its `~` operator
        self._open: sa.Connection | None = None

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        if self._open is None:
            self._open = self.engine.connect()
        yield self._open


class DuckDBDatasource(SQLDatasource):
    """`context.data_sources.add_duckdb(...)`."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> Type[SqlAlchemyExecutionEngine]:  # noqa: UP006  `type` is a field here
        return SqlAlchemyExecutionEngine


class Gx:
    """A DuckDB database file seen through Great Expectations.

    Args:
        database: the file; the reference tables of `lookup` and the tables to validate stand in it.
    """

    def __init__(self, database: Path) -> None:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
        self._datasource = context.data_sources.add_duckdb("duckdb", connection_string=f"duckdb:///{database}")
        with self._datasource.get_execution_engine().get_connection() as connection:
            privacy.install(connection.connection.cursor())

    def validate(self, table: str, expectations: list[Expectation]) -> list[Any]:
        """Judge a table's rows.

        Returns:
            One result per expectation, in their order; with each the query of its unexpected rows, where GX makes
            one.
        """
        asset = self._datasource.add_table_asset(table, table_name=table)
        batch = asset.add_batch_definition_whole_table(table).get_batch()
        for number, expectation in enumerate(expectations):
            expectation.meta = {"number": number}
        suite = gx.ExpectationSuite(name=table, expectations=expectations)
        outcome = batch.validate(
            suite,
            result_format={
                "result_format": "BASIC",
                "partial_unexpected_count": 0,
                "unexpected_index_column_names": ["submission_id", "row_index"],
                "return_unexpected_index_query": True,
            },
        )
        self._datasource.delete_asset(table)
        return sorted(outcome.results, key=lambda result: result.expectation_config.meta["number"])


_ROWS_WHERE = "select submission_id, row_index from {batch} where "


def rows_where(condition: str) -> gxe.UnexpectedRowsExpectation:
    """Expect that no row fulfils the SQL condition (null counts as no)."""
    return rows(_ROWS_WHERE + inspect.cleandoc(condition))


def rows(query: str) -> gxe.UnexpectedRowsExpectation:
    """Expect that the query, which reads `{batch}` and gives submission_id and row_index of bad rows, gives none."""
    escaped = inspect.cleandoc(query).replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}")
    return gxe.UnexpectedRowsExpectation(unexpected_rows_query=escaped)


def within(expectation: Expectation, since: dt.date | None, until: dt.date | None) -> Expectation:
    """Let the expectation judge only rows whose submission's period ends from `since` to `until`, both included.

    Raises:
        OperatorError: it is dated and not written in SQL.
    """
    bounds = [f"period_end_date {sign} date '{day}'" for sign, day in ((">=", since), ("<=", until)) if day]
    if not bounds:
        return expectation
    if not isinstance(expectation, gxe.UnexpectedRowsExpectation):
        raise OperatorError(f"{type(expectation).__name__} cannot be dated: write it with bad_rows_where or bad_rows.")
    dated, query = " and ".join(bounds), str(expectation.unexpected_rows_query)
    if query.startswith(_ROWS_WHERE):
        # Stays a condition on one row, which runs in one pass with all others.
        return gxe.UnexpectedRowsExpectation(
            unexpected_rows_query=f"{_ROWS_WHERE}({query.removeprefix(_ROWS_WHERE)}) and {dated}"
        )
    return gxe.UnexpectedRowsExpectation(
        unexpected_rows_query=query.replace("{batch}", f"(select * from {{batch}} where {dated})")
    )
