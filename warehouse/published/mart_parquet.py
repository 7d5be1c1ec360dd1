"""Writes the Parquet files of marts from what dbt built, several marts at once. Rows are ordered inside a file, so that
the same rows give the same bytes; nothing is sorted over all parts. Ends at the files.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse.published.mart_parts import part_of_row, place, rows_of
from warehouse.store.cursors import asked

FORMAT = "format parquet, compression zstd"
_FEW = 3
"""Parts that are cheaper picked one by one; of more, a mart is split into all of them first."""


def written(con: duckdb.DuckDBPyConnection, folder: Path, parts: Mapping[str, Sequence[str]]) -> Generator[str]:
    """Writes these parts of each mart into the folder of a publication; each mart's name once its files stand, in the
    order given. dbt's database is attached to the connection as `build`. Who leaves early closes it, so that no thread
    goes on."""

    def write(cursor: duckdb.DuckDBPyConnection, name: str) -> str:
        _write(cursor, folder, name, parts[name])
        return name

    return asked(con, write, parts)


def _write(cursor: duckdb.DuckDBPyConnection, folder: Path, name: str, parts: Sequence[str]) -> None:
    split = folder / f"split_{name}"
    if len(parts) > _FEW:
        cursor.execute(
            f"copy (select *, {part_of_row(name)} as part from build.marts.{name}) to '{split}' "
            "(format parquet, compression snappy, partition_by (part))"
        )
    for part in parts:
        source = (
            f"read_parquet('{split}/part={part}/*.parquet', hive_partitioning = false)"
            if len(parts) > _FEW
            else f"build.marts.{name} where {rows_of(name, part)}"
        )
        cursor.execute(f"copy (from {source} order by all) to '{folder / place(name, part)}' ({FORMAT})")
    shutil.rmtree(split, ignore_errors=True)
