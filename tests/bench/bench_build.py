"""dbt's build at many times the demo: the accepted rows of a finished run, multiplied with persons, classes and
numbers of their own, built and tested as in a run, beside one plain DuckDB scan of the same rows."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from orchestration.pipeline.dbt import Dbt
from tests.bench.bench_report import peak
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract

PARTICIPATIONS = 3_000_000
LIMIT_SECONDS, LIMIT_MB = 120.0, 4000.0
SETTINGS = {"SKILLS_DBT_MEMORY": "2500MB", "SKILLS_DBT_THREADS": "2"}
"""What a house of this size gives dbt's DuckDB; the defaults are for one of the demo's."""
MULTIPLIED = (
    "training_class",
    "training_record",
    "attendance",
    "certificate",
    "subsidy_payment",
    "support_service",
    "outcome_followup",
)
_OWN = {"class_id", "payment_id"}
"""What is of its own in every copy of a row, beside every `_key`."""
_ROWS_APART = 1_000_000


def accepted(home: Root, dataset: str) -> str:
    return f"read_parquet('{home.decided}/{dataset}/*/accepted.parquet', union_by_name = true)"


def multiply(home: Root, folder: Path, participations: int) -> Root:
    """A data root with what dbt reads: decided rows of `home` and its register, with so many participations."""
    root = Root(folder)
    shutil.copytree(home.decided, root.decided, ignore=shutil.ignore_patterns("findings.parquet", "decision.json"))
    shutil.copytree(home.register, root.register)
    with duckdb.connect() as con:
        stored = con.execute(f"select count(*) from {accepted(home, 'training_record')}").fetchall()[0][0]
        times = -(-participations // stored)
        for dataset in MULTIPLIED:
            for path in root.decided.glob(f"{dataset}/*/accepted.parquet"):
                keys = [name for name in pq.read_schema(path).names if name.endswith("_key") or name in _OWN]
                changed = ", ".join(
                    f"{name} || case when copy > 0 then '~' || copy else '' end as {name}" for name in keys
                )
                rows = con.execute(f"""
                    select * exclude (copy) replace (row_index + copy * {_ROWS_APART} as row_index, {changed})
                    from read_parquet('{path}'), range({times}) as copies (copy)
                """).to_arrow_table()
                pq.write_table(rows, path)
    register = root.register / "submission.parquet"
    submissions = pq.read_table(register)
    factor = pc.if_else(pc.is_in(submissions["dataset"], pa.array(MULTIPLIED)), times, 1)
    more = pc.multiply(submissions["accepted_rows"], pc.subtract(factor, 1))
    for name in ("received_rows", "accepted_rows"):
        submissions = submissions.set_column(
            submissions.schema.get_field_index(name), name, pc.add(submissions[name], more)
        )
    pq.write_table(submissions, register)
    return root


def scan(root: Root) -> float:
    """Seconds to read every column of every accepted row once."""
    begun = time.perf_counter()
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        for dataset in contract.names():
            con.execute(f"select count(*), bit_xor(hash(r)) from {accepted(root, dataset)} as r").fetchall()
    return time.perf_counter() - begun


def compare(home: Path, participations: int = PARTICIPATIONS) -> dict[str, float]:
    """`home`: a data root after a run."""
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        root = multiply(Root(home), Path(folder) / "data", participations)
        with duckdb.connect() as con:
            count = con.execute(f"select count(*) from {accepted(root, 'training_record')}").fetchall()[0][0]
        os.environ |= SETTINGS
        dbt = Dbt(root)
        begun = time.perf_counter()
        with peak() as megabytes:
            built = dbt.build()
        seconds = time.perf_counter() - begun
        if built.failed:
            raise SystemExit(f"dbt: {built.failed}")
        return {
            "participations": count,
            "seconds": seconds,
            "peak_mb": megabytes[0],
            "database_mb": root.database.stat().st_size / 1e6,
            "scan_seconds": scan(root),
        }


def show(report: dict[str, float]) -> None:
    console = Console()
    table = Table(
        "what",
        "measured",
        "limit",
        title=f"dbt build of {report['participations']:,.0f} participations",
        title_justify="left",
    )
    table.add_row("build and tests, seconds", f"{report['seconds']:.1f}", f"{LIMIT_SECONDS:.0f}")
    table.add_row("peak MB of all processes", f"{report['peak_mb']:,.0f}", f"{LIMIT_MB:,.0f}")
    table.add_row("one plain DuckDB scan of the accepted rows, seconds", f"{report['scan_seconds']:.1f}", "")
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="a data root after a run")
    parser.add_argument("--participations", type=int, default=PARTICIPATIONS)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    report = compare(arguments.home, arguments.participations)
    show(report)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
