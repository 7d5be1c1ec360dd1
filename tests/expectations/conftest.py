"""A DuckDB connection with the macros and tables that checks use."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from expectations import lookup
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import KEY
from warehouse.vocabulary import privacy


@pytest.fixture(scope="session")
def looked_up() -> Iterator[duckdb.DuckDBPyConnection]:
    """The reference tables, laid once: for each of a thousand tests anew they took half of its time."""
    with connect(None) as database:
        lookup.install(database, temporary=False)
        yield database


@pytest.fixture
def con(looked_up: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of the test's own: what it registers and its temporary tables and macros go with it."""
    with looked_up.cursor() as connection:
        privacy.install(connection, KEY)
        yield connection
