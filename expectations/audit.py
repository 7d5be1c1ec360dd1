"""Runs the real Great Expectations suites over rows and compares their counts with the compiled SQL's.

For tests and the scheduled audit; submissions are decided by `check`. Ends at counts: GX's samples of values are
personal data and are never kept.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations import compiled, lookup
from expectations.compile import suite
from expectations.gx_duckdb import Gx
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, privacy
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.tables import shaped_schema


class Disagreement(Exception):
    """The stored SQL does not find what Great Expectations finds."""


@dataclass(frozen=True)
class Audited:
    """How many rows one check is about, by both ways."""

    dataset: str
    code: str
    by_gx: int
    by_sql: int


def audit(dataset: Dataset, files: list[Path], scratch: Path) -> list[Audited]:
    """Every check of a dataset over shaped rows in Parquet, by Great Expectations and by the compiled SQL.

    Args:
        files: Parquet files of `tables.shaped_schema(dataset)` with at least one row: GX judges no empty table.
        scratch: a folder that may hold identifiers; what is made in it is removed again.
    """
    folder = Path(tempfile.mkdtemp(dir=scratch))
    try:
        database = folder / "audit.duckdb"
        with duckdb.connect(str(database)) as con:
            privacy.install(con)
            lookup.install(con, temporary=False)
            _load(con, dataset, files)
            checks = compiled.load(dataset.name)
            by_sql = {}
            for check in checks:
                counted = con.execute(f"select count(*) from ({check.sql})").fetchone()
                by_sql[check.code] = counted[0] if counted else 0
        named = suite(dataset)
        results = Gx(database).validate(dataset.name, [expectation for _, expectation in named])
        by_gx = {what.code: _unexpected(result) for (what, _), result in zip(named, results, strict=True)}
    finally:
        shutil.rmtree(folder)
    return [
        Audited(dataset.name, code, by_gx.get(code, 0), by_sql.get(code, 0))
        for code in sorted(by_gx.keys() | by_sql.keys())
    ]


def _load(con: duckdb.DuckDBPyConnection, dataset: Dataset, files: list[Path]) -> None:
    con.register("typed", shaped_schema(dataset).empty_table())
    con.execute(f"create table {dataset.name} as from typed")
    con.unregister("typed")
    con.execute(
        f"insert into {dataset.name} by name from read_parquet(?, union_by_name = true)",
        [[str(file) for file in files]],
    )


def _unexpected(result: object) -> int:
    """The number of rows in one of GX's results; an expectation that could not run is an error of ours."""
    statistics = result.result  # type: ignore[attr-defined]
    count = statistics.get("unexpected_count", statistics.get("observed_value"))
    if count is None:
        raise Disagreement(f"{result.expectation_config.type} did not run")  # type: ignore[attr-defined]
    return int(count)


def audit_held(root: Root) -> list[Audited]:
    """Audits the rows that wait under `held/`, dataset by dataset; `Disagreement` names the checks that differ."""
    scratch = root.work / "audit"
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        files = {dataset: sorted((root.held / dataset.name).glob("*.parquet")) for dataset in contract.datasets()}
        audited: list[Audited] = []
        for dataset, held_files in files.items():
            if held_files:
                audited += audit(dataset, held_files, scratch)
    finally:
        shutil.rmtree(scratch)
    differing = [
        f"{check.dataset} {check.code}: {check.by_gx} by Great Expectations, {check.by_sql} by SQL"
        for check in audited
        if check.by_gx != check.by_sql
    ]
    if differing:
        raise Disagreement("; ".join(differing))
    return audited
