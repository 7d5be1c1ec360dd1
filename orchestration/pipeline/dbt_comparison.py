"""Compares the marts that stand, built change by change, with those of a build in full; ends at what differs.

The second build reads the same pinned rows and the same register in a scratch root, so that nothing stands in its way
and nothing that stands is touched.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.pipeline import dbt_state
from orchestration.pipeline.dbt import Dbt
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

_SCHEMA = "marts"


@dataclass(frozen=True)
class FullComparison:
    """`differing`: mart → rows that are in one of the two builds alone."""

    tables: int
    differing: dict[str, int]


def compare_in_full(root: Root) -> FullComparison:
    """Builds in full beside the database that stands and compares every mart, row by row.

    Where they differ the database is dropped, so that the next run builds in full. The caller holds the build's lock.
    """
    _refuse_unbuilt(root)
    folder = root.work / "in_full"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        scratch = Root(folder / "data").make()
        for linked in ("pinned", "register"):
            shutil.copytree(root.work / linked, scratch.work / linked, copy_function=os.link, dirs_exist_ok=True)
        built = Dbt(scratch).build()
        if built.failed:
            raise OperatorError(f"The build in full fails: {built.failed}")
        compared = _compare(root.database, scratch.database)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if compared.differing:
        root.database.unlink()
    return compared


def _refuse_unbuilt(root: Root) -> None:
    if not root.database.exists():
        raise OperatorError(f"{root.database} is not there, so there is nothing to compare: call skills run.")
    with duckdb.connect(str(root.database), read_only=True) as con:
        sources = dbt_state.read_sources(con) if dbt_state.read_key(con) else {}
    if not sources or sources != dbt_state.versions(root, sources):
        raise OperatorError(f"{root.database} was not built from what is pinned now: call skills run, then ask again.")


def _compare(standing: Path, in_full: Path) -> FullComparison:
    with duckdb.connect(str(standing), read_only=True) as con:
        con.execute(f"attach '{in_full}' as in_full (read_only)")
        names = con.execute(
            "select distinct table_name from duckdb_tables() where schema_name = $1 order by all", [_SCHEMA]
        ).fetchall()
        differing = {}
        for (name,) in names:
            here, there = f"skills.{_SCHEMA}.{name}", f"in_full.{_SCHEMA}.{name}"
            count = con.execute(
                f"select count(*) from ((from {here} except all from {there}) "
                f"union all (from {there} except all from {here}))"
            ).fetchall()[0][0]
            if count:
                differing[name] = count
        return FullComparison(len(names), differing)
