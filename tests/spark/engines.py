"""Builds one small world by both engines and compares what they left. Test support only."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from orchestration.pipeline import spark
from orchestration.pipeline.dbt import TARGET
from tests.dbt_project.dbt_world import build
from warehouse.store.data_root import Root

KINDS = ("model.", "test.", "unit_test.")
GOOD = {"success", "pass"}


def build_both(root: Root, folder: Path, *options: str) -> tuple[dict[str, str], dict[str, str]]:
    """Model or test → status, by DuckDB and by Spark. `folder`: for dbt's files."""
    statuses = []
    for engine in (TARGET, spark.TARGET):
        files = folder / engine
        files.mkdir(parents=True)
        build(root, files, *options, engine=engine)
        results = json.loads((files / "run_results.json").read_text("utf-8"))["results"]
        statuses.append(
            {result["unique_id"]: result["status"] for result in results if result["unique_id"].startswith(KINDS)}
        )
    return statuses[0], statuses[1]


def compared(database: Path, root: Root, schema: str) -> dict[str, str]:
    """Table of the database → `equal`, or the first rows that differ from what Spark left in the root."""
    with duckdb.connect() as con:
        con.execute(f"attach '{database}' as ours (read_only)")
        names = con.execute(
            "select table_name from duckdb_tables() where database_name = 'ours' and schema_name = ?", [schema]
        ).fetchall()
        return {name: _compared(con, f"ours.{schema}.{name}", spark.tables(root) / schema / name) for (name,) in names}


def _compared(con: duckdb.DuckDBPyConnection, table: str, folder: Path) -> str:
    con.execute(f"create or replace temp view theirs as select * from read_parquet('{folder}/*.parquet')")
    columns = [row[:2] for row in con.execute(f"describe {table}").fetchall()]
    others = [row[:2] for row in con.execute("describe theirs").fetchall()]
    if columns != others:
        return f"columns {sorted(set(columns) ^ set(others))}"
    missing = con.execute(f"from {table} except all from theirs limit 3").fetchall()
    added = con.execute(f"from theirs except all from {table} limit 3").fetchall()
    return f"by DuckDB alone {missing}, by Spark alone {added}" if missing or added else "equal"
