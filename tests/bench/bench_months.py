"""Months that pass: a run for each, with that month's files of two departments and one correction of the month before.

Does a run cost more the longer the house stands? The exponent says so: seconds grow with the number of the run to the
power of it; 0 is a cost that follows the change alone, 1 one that follows the history. Small files, so that what does
not depend on rows is seen.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import longer_reporting
from tests.bench.claims import Claim
from tests.bench.house import House, month
from tests.bench.parts import Options
from warehouse.store import demo_mark
from warehouse.store.data_root import Root
from warehouse.vocabulary.period import Period

MONTHS = 200
SCALE = 0.004
FIRST = "2025-11"
DEPARTMENTS = ("HCD", "EMB")
_SETTLED = 10
"""The first runs, in which all is new, say nothing about growth."""


def months(count: int) -> Iterator[Period]:
    period = month(FIRST)
    for _ in range(count):
        yield period
        period = period.following


def measure(options: Options) -> dict[str, Any]:
    """`options.size`: months; `options.scale` is of the small world."""
    count = options.size or MONTHS
    *_, last = months(count)
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        project = longer_reporting.ready(Path(folder), last.start.year)
        house = House(Root(Path(folder) / "data"), project)
        house.skills("demo", "--months", f"{FIRST}:{last}", "--scale", str(SCALE * options.scale))
        waiting = _sort_out(house, Path(folder) / "waiting")
        runs = []
        for number, period in enumerate(months(count), 1):
            _deliver(house, waiting, period)
            if number > 1:
                house.correct(period.preceding, period, number)
            spent = house.run(period)
            runs.append({"cpu": spent.cpu, "wall": spent.wall, "peak_mb": spent.peak_mb})
    return {"runs": runs, "exponent": exponent([spent["cpu"] for spent in runs], min(_SETTLED, count // 4))}


def _sort_out(house: House, waiting: Path) -> dict[Path, Path]:
    """Takes all files from the inbox: those of the departments by their place in it, the others for good."""
    places: dict[Path, Path] = {}
    for department in DEPARTMENTS:
        for path in (house.root.inbox / department).rglob("*.*"):
            if path.is_file():
                place = path.relative_to(house.root.inbox)
                places[place] = waiting / place
                places[place].parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, places[place])
    shutil.rmtree(house.root.inbox)
    house.root.inbox.mkdir()
    return places


def _deliver(house: House, waiting: dict[Path, Path], period: Period) -> None:
    """Lays into the inbox what the demo has these departments send before the run of that month."""
    run_on = period.following.start.replace(day=20)
    arrivals = demo_mark.arrivals(house.root)
    for place, path in sorted(waiting.items()):
        if arrivals[str(place)].date() < run_on:
            target = house.root.inbox / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            del waiting[place]


def exponent(seconds: Sequence[float], settled: int) -> float:
    """Of the power of the run's number that fits the seconds best, by least squares of logarithms."""
    points = [(math.log(number), math.log(spent)) for number, spent in islice(enumerate(seconds, 1), settled, None)]
    if len(points) < 2:
        return math.nan
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def claims(report: dict[str, Any]) -> list[Claim]:
    """The issue's table has no row for it."""
    return []


def show(report: dict[str, Any]) -> None:
    runs = report["runs"]
    table = Table("run", "CPU s", "wall s", "peak MB", title=f"{len(runs)} monthly runs", title_justify="left")
    shown = sorted({1, 2, *range(10, len(runs) + 1, max(10, len(runs) // 10)), len(runs)} & set(range(len(runs) + 1)))
    for number in shown:
        spent = runs[number - 1]
        table.add_row(str(number), f"{spent['cpu']:.1f}", f"{spent['wall']:.1f}", f"{spent['peak_mb']:,.0f}")
    console = Console()
    console.print(table)
    console.print(f"CPU seconds of a run grow with its number to the power of {report['exponent']:.2f}")
