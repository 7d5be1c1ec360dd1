"""Millions of participations: the rows of a demo multiplied with persons, classes and numbers of their own.

Check: the whole suite over so many generated training records, in batches as they come in. Build and publish: dbt and
the publication over the multiplied rows, which lie where a build pins what stands. All at a tenth of the size too, so
that it is seen how cost grows. Beside them one plain scan by DuckDB. Judging across submissions is not in it: that
follows what changed.
"""

from __future__ import annotations

import math
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from expectations.check import Batch, check
from tests.bench.bench_check import ROWS_PER_GROUP, rows
from tests.bench.bench_report import peak
from tests.bench.claims import Claim
from tests.bench.house import House, month
from tests.bench.parts import Options
from tests.bench.tree import Cost, cost
from warehouse.store import snapshot
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import FileFacts, Reading, Submission

PARTICIPATIONS, NATION = 3_000_000, 30_000_000
SCALE = 0.2
FIRST, LAST = "2025-11", "2026-10"
BATCH = 200_000
SMALL_MB, LARGE_MB = 2500, 5000
"""What dbt's DuckDB is given up to three million participations, and beyond."""
MULTIPLIED = (
    "training_class",
    "training_record",
    "attendance",
    "certificate",
    "subsidy_payment",
    "support_service",
    "outcome_followup",
)
_OWN = {"class_id", "payment_id", "row_token"}
"""What is of its own in every copy of a row, beside every `_key`."""
_ROWS_APART = 10_000_000
STEPS = ("check", "build", "publish")


def measure(options: Options) -> dict[str, Any]:
    """`options.size`: participations of the larger of the two."""
    size = options.size or PARTICIPATIONS
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        house, last = House(Root(Path(folder) / "data")), month(LAST)
        house.skills("demo", "--months", f"{FIRST}:{LAST}", "--scale", str(SCALE * options.scale))
        house.run(last)
        day = f"{last.following}-20"
        sizes = [_of(house.root, Path(folder) / "many", wanted, day) for wanted in (size // 10, size)]
    smaller, larger = sizes
    growth = math.log(larger["participations"] / smaller["participations"])
    exponents = {
        step: math.log(larger[step]["cpu"] / smaller[step]["cpu"]) / growth if growth else math.nan for step in STEPS
    }
    return {"sizes": sizes, "exponents": exponents}


def _of(home: Root, folder: Path, participations: int, day: str) -> dict[str, Any]:
    root = multiply(home, folder, participations)
    megabytes = SMALL_MB if participations <= PARTICIPATIONS else LARGE_MB
    settings = {"SKILLS_DBT_MEMORY": f"{megabytes}MB", "SKILLS_DBT_THREADS": "2"}

    def step(name: str) -> dict[str, float]:
        return _told(cost([sys.executable, "-m", "tests.bench.nation_step", name, day], root.path, settings=settings))

    measured = {
        "participations": _count(root, "training_record"),
        "rows": sum(_count(root, dataset) for dataset in contract.names()),
        "check": checking(participations),
        "build": step("build"),
        "publish": step("publish"),
        "scan_seconds": scan(root),
        "database_mb": root.database.stat().st_size / 1e6,
    }
    shutil.rmtree(folder)
    return measured


def multiply(home: Root, folder: Path, participations: int) -> Root:
    """A root with what `home` has, and with so many participations where a build reads them."""
    left_out = shutil.ignore_patterns("inbox", "truth", "dagster", "reports", "*.duckdb")
    shutil.copytree(home.path, folder, copy_function=_linked, symlinks=True, ignore=left_out)
    root = Root(folder)
    shutil.copy2(home.path.with_name(f"{home.path.name}.key"), folder.with_name(f"{folder.name}.key"))
    times = max(1, round(participations / _count(home, "training_record")))
    with duckdb.connect() as con:
        for dataset in MULTIPLIED:
            for path in snapshot.pinned_files(root, dataset)[1:]:
                keys = [name for name in pq.read_schema(path).names if name.endswith("_key") or name in _OWN]
                changed = ", ".join(
                    f"{name} || case when copy > 0 then '~' || copy else '' end as {name}" for name in keys
                )
                many = path.with_suffix(".many")
                con.execute(f"""
                    copy (
                        select * exclude (copy) replace (row_index + copy * {_ROWS_APART} as row_index, {changed})
                        from read_parquet('{path}'), range({times}) as copies (copy)
                    ) to '{many}' (format parquet, row_group_size {ROWS_PER_GROUP})
                """)
                many.replace(path)
    submissions = pq.read_table(root.register / "submission.parquet")
    is_multiplied = pc.is_in(submissions["dataset"], pc.cast(list(MULTIPLIED), "string"))
    more = pc.multiply(submissions["accepted_rows"], pc.if_else(is_multiplied, times - 1, 0))
    for name in ("received_rows", "accepted_rows"):
        place = submissions.schema.get_field_index(name)
        submissions = submissions.set_column(place, name, pc.add(submissions[name], more))
    (root.register / "submission.parquet").unlink()  # a link: it is not to be written into
    pq.write_table(submissions, root.register / "submission.parquet")
    return root


def _linked(source: str, place: str) -> None:
    """A hard link to a table, which is never written into; a copy of what may be, as logs and records are."""
    if source.endswith(".parquet"):
        os.link(source, place)
    else:
        shutil.copy2(source, place)


def _pinned(root: Root, dataset: str) -> str:
    return f"read_parquet('{root.pinned}/{dataset}/*.parquet', union_by_name = true)"


def _count(root: Root, dataset: str) -> int:
    with duckdb.connect() as con:
        return int(con.execute(f"select count(*) from {_pinned(root, dataset)}").fetchall()[0][0])


def checking(count: int) -> dict[str, float]:
    """The whole suite over so many rows, batch by batch; making the rows is left out."""
    cpu = wall = 0.0
    with peak() as megabytes:
        for first in range(0, count, BATCH):
            table = rows(min(BATCH, count - first), seed=7 + first)
            names = sorted(pc.unique(table["submission_id"]).to_pylist())
            readings = [
                (
                    Submission("training_record", "HRSS", "HRSS", "2026-06", name.rpartition("-")[2]),
                    Reading(FileFacts("x", name, 1)),
                )
                for name in names
            ]
            begun_cpu, begun = time.process_time(), time.perf_counter()
            with duckdb.connect(config={"threads": 2}) as con:
                check(con, Batch(contract.dataset("training_record"), table, readings, Key(bytes(32))))
            cpu += time.process_time() - begun_cpu
            wall += time.perf_counter() - begun
    return {"cpu": cpu, "wall": wall, "peak_mb": megabytes[0]}


def scan(root: Root) -> float:
    """Processor seconds to read every column of every row that stands once."""
    begun = time.process_time()
    with duckdb.connect(config={"threads": 2}) as con:
        for dataset in contract.names():
            con.execute(f"select count(*), bit_xor(hash(r)) from {_pinned(root, dataset)} as r").fetchall()
    return time.process_time() - begun


def _told(spent: Cost) -> dict[str, float]:
    return {"cpu": spent.cpu, "wall": spent.wall, "peak_mb": spent.peak_mb}


def claims(report: dict[str, Any]) -> list[Claim]:
    larger = report["sizes"][-1]
    if larger["participations"] < NATION * 0.95:
        return []
    return [
        Claim(
            "30 million participations, check + build + publish: min", sum(larger[step]["wall"] for step in STEPS) / 60
        ),
        Claim("30 million participations: peak MB", max(larger[step]["peak_mb"] for step in STEPS)),
    ]


def show(report: dict[str, Any]) -> None:
    table = Table(
        *("participations", "rows that stand", "step", "CPU s", "wall s", "peak MB", "exponent"),
        title="Many participations",
        title_justify="left",
    )
    for size in report["sizes"]:
        for step in STEPS:
            spent = size[step]
            table.add_row(
                f"{size['participations']:,}" if step == STEPS[0] else "",
                f"{size['rows']:,}" if step == STEPS[0] else "",
                step,
                f"{spent['cpu']:.1f}",
                f"{spent['wall']:.1f}",
                f"{spent['peak_mb']:,.0f}",
                f"{report['exponents'][step]:.2f}" if size is report["sizes"][-1] else "",
            )
        table.add_row("", "", "one plain scan", f"{size['scan_seconds']:.1f}", "", "", "")
    Console().print(table)
