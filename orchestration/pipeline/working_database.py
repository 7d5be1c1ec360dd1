"""DuckDB in memory, for what a step works out and does not keep. What is kept is Parquet or `warehouse.store`'s."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingest.limits import limits
from warehouse.store.settings import DUCKDB_STORAGE


def connect(scratch: Path | None) -> duckdb.DuckDBPyConnection:
    """A DuckDB of one's own: one thread, bounded memory, spilling into `scratch` or, without one, nowhere.

    Two threads checked 400,000 rows in 26 processor seconds, one in 19, and no sooner.
    """
    return duckdb.connect(
        config={
            "threads": 1,
            "storage_compatibility_version": DUCKDB_STORAGE,
            "memory_limit": f"{limits().duckdb_mb}MB",
            "temp_directory": str(scratch / "duckdb") if scratch else "",
        }
    )
