"""`make bench`: the seconds of every stage of the main job and of its daily variants, as a table and as JSON.

Runs the installed `skills` on a data root of its own, as a user would; whole processes are timed, and the memory of
the process and all its children is summed every half second (more often would slow what is measured).
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import xlsxwriter
from rich.console import Console
from rich.table import Table

from warehouse.published.publication import open_current
from warehouse.store.data_root import Root

SKILLS = Path(sys.executable).parent / "skills"
AS_OF = "2026-11-20"
LIMITS = {
    "demo": 90.0,
    "run from empty": 120.0,
    "one corrected submission": 35.0,
    "nothing new": 4.0,
    "check of 5,000 rows": 3.0,
}


@dataclass(frozen=True)
class Timed:
    seconds: float
    peak_mb: float


def timed(*words: str, home: Path) -> Timed:
    """One whole process: wall seconds and the highest sum of resident memory over it and its children."""
    peak = 0
    begun = time.perf_counter()
    process = subprocess.Popen(
        [SKILLS, *words],
        env=os.environ | {"SKILLS_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    watched = psutil.Process(process.pid)

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            try:
                family = [watched, *watched.children(recursive=True)]
                peak = max(peak, sum(member.memory_info().rss for member in family))
            except psutil.Error:
                continue
            time.sleep(0.5)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, complaint = process.communicate()
    seconds = time.perf_counter() - begun
    watcher.join()
    if process.returncode not in (0, 1):
        raise SystemExit(f"skills {' '.join(words)} ended with {process.returncode}: {complaint}")
    return Timed(seconds, peak / 1e6)


DEPARTMENT = "HCD"  # the department with the largest files; tab-separated text


def full_file(home: Path, rows: int) -> tuple[Path, list[list[str]]]:
    """The newest training_record file with enough rows: header and the first `rows` rows."""
    for path in sorted((home / "inbox" / DEPARTMENT).glob("*training_record*"), reverse=True):
        with path.open(encoding="utf-8-sig", newline="") as file:
            content = list(csv.reader(file, delimiter="\t"))
        if len(content) > rows:
            return path, content[: rows + 1]
    raise SystemExit(f"no training_record file of {DEPARTMENT} has {rows} rows")


def correct(home: Path, rows: int) -> None:
    """Sends a corrected file of `rows` rows for a period that stands already."""
    path, content = full_file(home, rows)
    with path.with_name(f"{path.stem}_修正{path.suffix}").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(content)


def workbook(home: Path, rows: int, out: Path) -> None:
    _, content = full_file(home, rows)
    with xlsxwriter.Workbook(str(out)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(content):
            sheet.write_row(number, 0, row)


def measure(scale: float) -> dict[str, object]:
    folder = Path(tempfile.mkdtemp(prefix="skills-bench-"))
    home = folder / "data"
    rows = int(5000 * min(scale, 1))
    try:
        results: dict[str, Timed] = {"demo": timed("demo", "--scale", str(scale), home=home)}
        results["run from empty"] = timed("run", "--as-of", AS_OF, home=home)
        stages = json.loads((home / "work" / "stages.json").read_text("utf-8"))
        correct(home, rows)
        results["one corrected submission"] = timed("run", "--as-of", AS_OF, home=home)
        corrected = json.loads((home / "work" / "stages.json").read_text("utf-8"))
        results["nothing new"] = timed("run", "--as-of", AS_OF, home=home)
        book = folder / "5000.xlsx"
        workbook(home, rows, book)
        results["check of 5,000 rows"] = timed(
            "check",
            str(book),
            "--dataset",
            "training_record",
            "--department",
            DEPARTMENT,
            "--period",
            "2026-10",
            "--json",
            str(folder / "x.json"),
            home=folder / "none",
        )
        from tests.bench import bench_build, bench_dashboard

        building = bench_build.compare(home)
        dashboard = bench_dashboard.compare(open_current(Root(home)))
        files = sum(path.is_file() for path in (home / "inbox").rglob("*"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "scale": scale,
        "files": files,
        "stages": stages,
        "stages_of_correction": corrected,
        "building": building,
        "dashboard": dashboard,
        "commands": {
            name: {"seconds": round(timing.seconds, 2), "peak_mb": round(timing.peak_mb)}
            for name, timing in results.items()
        },
    }


def show(report: dict[str, object]) -> None:
    console = Console()
    console.print(f"{report['machine']}; demo at scale {report['scale']}, {report['files']} files")
    commands = Table("command", "seconds", "limit", "peak MB", title="Whole processes", title_justify="left")
    for name, command in report["commands"].items():  # type: ignore[attr-defined]
        commands.add_row(name, f"{command['seconds']:.1f}", f"{LIMITS[name]:.0f}", str(command["peak_mb"]))
    console.print(commands)
    stages = Table(
        "stage",
        "from empty",
        "one corrected",
        title="Seconds per stage: where the next second is",
        title_justify="left",
    )
    later = report["stages_of_correction"]
    for name, seconds in sorted(report["stages"].items(), key=lambda item: -item[1]):  # type: ignore[attr-defined]
        stages.add_row(name, f"{seconds:.1f}", f"{later.get(name, 0):.1f}")  # type: ignore[attr-defined]
    console.print(stages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--json", type=Path, default=Path("bench.json"))
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the comparison with Great Expectations")
    arguments = parser.parse_args()
    report = measure(arguments.scale)
    show(report)
    from tests.bench import bench_build, bench_dashboard, bench_report

    bench_build.show(report["building"])
    bench_dashboard.show(report["dashboard"])

    report["reporting"] = bench_report.compare()  # before Great Expectations and pandas swell this process
    bench_report.show(report["reporting"])
    from tests.bench import bench_postgres

    report["loading"] = bench_postgres.compare()
    bench_postgres.show(report["loading"])
    from tests.bench import bench_check, bench_read

    report["checking"] = bench_check.compare(arguments.rows)
    bench_check.show(report["checking"])
    report["reading"] = bench_read.compare()
    bench_read.show(report["reading"])
    arguments.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
