"""A DuckDB connection with the macros and tables that checks use."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from expectations import lookup
from tests.expectations.builder import KEY
from warehouse.vocabulary import privacy


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        privacy.install(connection, KEY)
        lookup.install(connection)
        yield connection
