"""What arrives at once: ten thousand small files, one text of two million rows, one workbook of a million.

The small files are a demo of as many months as have so many files, of about ten rows each, in a copy of the project
whose feeds report so long. The large ones are training records of one department and month. Each is a run from empty;
its stages until all is decided are told apart from the build over it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import longer_reporting
from tests.bench.bench_read import write_csv, write_xlsx
from tests.bench.claims import Claim
from tests.bench.house import INTAKE, House, month
from tests.bench.parts import Options
from tests.bench.tree import Cost
from warehouse.store.data_root import Root

FILES, TEXT_ROWS, WORKBOOK_ROWS = 10_000, 2_000_000, 1_000_000
FIRST = "2025-11"
FILES_A_MONTH = 164
SMALL = 0.011
"""Scale of a demo whose files have ten rows on average."""
NARROW = (
    "person_name",
    "id_type",
    "id_no",
    "class_id",
    "person_category",
    "attended_hours",
    "exam_result",
    "completed",
    "completion_date",
)
"""The columns of the large files: what must be filled in, so that they stay within what one file may hold."""
SMALL_FILES, TEXT, WORKBOOK = "small files", "text", "workbook"


def measure(options: Options) -> dict[str, Any]:
    """`options.size`: files; the large ones get a hundred and two hundred rows for each."""
    files = options.size or FILES
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        return {
            SMALL_FILES: _small(Path(folder) / "small", files),
            TEXT: _large(Path(folder) / "text", "csv", files * TEXT_ROWS // FILES),
            WORKBOOK: _large(Path(folder) / "workbook", "xlsx", files * WORKBOOK_ROWS // FILES),
        }


def _small(folder: Path, files: int) -> dict[str, Any]:
    first = last = month(FIRST)
    for _ in range(-(-files // FILES_A_MONTH) - 1):
        last = last.following
    house = House(Root(folder / "data"), longer_reporting.ready(folder, last.start.year))
    house.skills("demo", "--months", f"{first}:{last}", "--scale", str(SMALL))
    count = sum(path.is_file() for path in house.root.inbox.rglob("*"))
    spent = house.run(last)
    return _told(house, spent) | {"files": count}


def _large(folder: Path, kind: str, rows: int) -> dict[str, Any]:
    house, period = House(Root(folder / "data")), month("2026-06")
    house.skills("demo", "--months", f"{period}:{period}", "--scale", "0.001")
    for path in (house.root.inbox / "HRSS").rglob("*training_record*"):
        path.unlink()
    file = house.root.inbox / "HRSS" / f"training_record_{period}.{kind}"
    (write_csv if kind == "csv" else write_xlsx)(file, rows, NARROW)
    spent = house.run(period)
    return _told(house, spent) | {"files": 1, "rows": rows, "megabytes": file.stat().st_size / 1e6}


def _told(house: House, spent: Cost) -> dict[str, Any]:
    stages = house.stages(spent)
    within = [stage for name, stage in stages.items() if name in INTAKE]
    return {
        "cpu": spent.cpu,
        "wall": spent.wall,
        "peak_mb": spent.peak_mb,
        "intake_cpu": sum(stage["cpu"] for stage in within),
        "intake_wall": sum(stage["wall"] for stage in within),
        "intake_peak_mb": max((stage["peak_mb"] for stage in within), default=0.0),
        "stages": stages,
    }


def claims(report: dict[str, Any]) -> list[Claim]:
    small = report[SMALL_FILES]
    return [Claim("ten thousand files of ten rows: CPU s", small["intake_cpu"])] if small["files"] >= FILES else []


def show(report: dict[str, Any]) -> None:
    table = Table(
        *("what", "until decided: CPU s", "wall s", "peak MB", "whole run: CPU s", "wall s", "peak MB"),
        title="What arrives at once",
        title_justify="left",
    )
    for name, spent in report.items():
        rows = f"{spent['rows']:,} rows, {spent['megabytes']:,.0f} MB" if "rows" in spent else f"{spent['files']:,}"
        figures = [spent[f"{part}{figure}"] for part in ("intake_", "") for figure in ("cpu", "wall", "peak_mb")]
        table.add_row(f"{name}: {rows}", *(f"{figure:,.0f}" for figure in figures))
    console = Console()
    console.print(table)
    for name, spent in report.items():
        stages = sorted(spent["stages"].items(), key=lambda item: -item[1]["cpu"])
        told = ", ".join(f"{stage} {cost['cpu']:.1f} CPU s {cost['peak_mb']:,.0f} MB" for stage, cost in stages)
        console.print(f"{name}: {told}")
