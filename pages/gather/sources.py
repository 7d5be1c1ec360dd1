"""What the reports are gathered from: the register, the current publication and what the run knows of its submissions.

Opens and asks them; which questions are asked stands in the module of each subject.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store import demo_mark
from warehouse.store.data_root import Root
from warehouse.store.records import ApprovedException
from warehouse.store.settings import duckdb_bounds
from warehouse.store.standing import SubmissionStatus

_REGISTER = ("submission", "delivery", "expected", "finding", "pull", "run")


@dataclass(frozen=True)
class Sources:
    """`statuses`: every decided submission and where it stands; `token`: the person token of a message; `connection`:
    the register's tables by name, and the publication's as `published.<name>` where one stands; `current`: that
    publication."""

    root: Root
    as_of: dt.date
    statuses: Sequence[SubmissionStatus]
    exceptions: Sequence[ApprovedException]
    token: Callable[[str], str]
    connection: duckdb.DuckDBPyConnection
    current: Publication | None
    _answers: dict[str, Sequence[dict[str, Any]]] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def is_demo(self) -> bool:
        return demo_mark.is_demo(self.root)

    def rows(self, sql: str, **parameters: str | None) -> list[dict[str, Any]]:
        """The rows of a query, each as column → value. Parameters are written into it: to bind one, DuckDB imports
        pandas (0.5 s)."""
        for name, value in parameters.items():
            sql = sql.replace(f"${name}", "null" if value is None else "'" + value.replace("'", "''") + "'")
        return rows(self.connection, sql)

    def shared_rows(self, sql: str) -> Sequence[dict[str, Any]]:
        """The same, asked once and remembered: for what the pages of all departments ask alike."""
        if sql not in self._answers:
            self._answers[sql] = self.rows(sql)
        return self._answers[sql]


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """The rows of a query, each as column → value."""
    result = connection.execute(sql)
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def sources_stand(root: Root) -> bool:
    """Whether anything was ever decided."""
    return all((root.told / f"{table}.parquet").is_file() for table in _REGISTER)


@contextmanager
def connected(
    root: Root, current: Publication | None, register: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection of `Sources`, closed at the end. `register`: where the register lies, if not where pages are told
    of it."""
    options = duckdb_bounds() | {"temp_directory": str(root.work / "pages_tmp")}
    with duckdb.connect(config=dict(options)) as connection:
        for table in _REGISTER:
            connection.execute(f"create view {table} as from '{(register or root.told) / table}.parquet'")
        if current is not None:
            connection.execute(f"attach '{current.folder / publication.DATABASE}' as published (read_only)")
        yield connection
