"""Builds the database of a data root with Spark: the same models and tests over the same files, always whole.

Spark leaves each table as a folder of Parquet files under `work/spark/`; the marts and what tests of senders' data
stored are then laid into the root's database, where holding back, publishing and reports find what DuckDB would have
left there. Ends at that database; how Spark is told of files and folders is `dbt_project/macros/engine`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.pipeline.dbt import Built, Process, built_of, remove_database
from warehouse.store.data_root import Root
from warehouse.store.settings import duckdb_bounds
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.mart import Mart, marts

TARGET = "spark"
"""Of dbt's profile."""
_NEEDED = ("pyspark", "dbt.adapters.spark")
_STORED = "senders_data"
"""The schema in which tests of senders' data store what fails."""


class Spark:
    """The database of a data root, built by Spark. `master`: the cluster's address, or `local[*]`."""

    is_whole = True

    def __init__(self, root: Root, master: str) -> None:
        self._root = root
        self._process = Process(root, TARGET, root.work / "dbt_spark", {"SKILLS_SPARK_MASTER": master})

    def build(self) -> Built:
        """What an earlier build left is gone first: Spark writes into no folder that stands."""
        shutil.rmtree(tables(self._root), ignore_errors=True)
        try:
            built = built_of(self._process.build())
        finally:
            shutil.rmtree(self._root.work / "spark_tmp", ignore_errors=True)
        built = replace(built, stored={test: f"{_STORED}.{test}" for test in built.stored})
        lay_database(self._root, built.stored)
        return built

    def close(self) -> None:
        self._process.close()


def tables(root: Root) -> Path:
    """A folder for each schema, in it one for each table."""
    return root.work / "spark"


def refuse_missing(environment: Mapping[str, str] = os.environ) -> None:
    """Without pyspark or Java there is no Spark."""
    if any(not _is_installed(name) for name in _NEEDED):
        raise OperatorError(
            "Spark is not installed here: install this program with its extra `spark` (pip install .[spark], or make "
            "test-spark, which makes .venv-spark), then call that environment's skills."
        )
    java_home = environment.get("JAVA_HOME")
    java = shutil.which("java", path=f"{java_home}/bin" if java_home else environment.get("PATH"))
    if java is None:
        raise OperatorError(
            "Spark needs Java 17, which is not on this machine: install it (Debian: openjdk-17-jre-headless) or set "
            "JAVA_HOME to where it lies, then call again."
        )


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def lay_database(root: Root, stored: Mapping[str, str]) -> None:
    """The root's database anew, of what Spark built: marts in the order of their key with their descriptions, and the
    tables of `stored` (test → table)."""
    remove_database(root)
    options = duckdb_bounds() | {"temp_directory": str(root.work / "duckdb_tmp")}
    with duckdb.connect(str(root.database), config=dict(options)) as con:
        con.execute("create schema marts")
        con.execute(f"create schema {_STORED}")
        for mart in marts().values():
            folder = tables(root) / "marts" / mart.name
            if folder.is_dir():
                _lay(con, f"marts.{mart.name}", folder, ", ".join(mart.primary_key))
                _describe(con, mart)
        for test, table in stored.items():
            _lay(con, table, tables(root) / _STORED / test, "all")


def _lay(con: duckdb.DuckDBPyConnection, table: str, folder: Path, order: str) -> None:
    con.execute(f"create table {table} as select * from read_parquet(?) order by {order}", [f"{folder}/*.parquet"])


def _describe(con: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    comments = {f"table marts.{mart.name}": mart.description} | {
        f"column marts.{mart.name}.{column}": text for column, text in mart.descriptions.items()
    }
    for place, text in comments.items():
        quoted = text.replace("'", "''")
        con.execute(f"comment on {place} is '{quoted}'")
