"""One and three years of history: from empty, one correction at the end of each, and a run with nothing new.

Both have the same correction of 5,000 rows in their last month. Three years are 2025-11 to 2028-10, in a copy of the
project whose feeds report so long (`longer_reporting`). Ends at costs; the limits are `claims`.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import bench_dashboard, longer_reporting
from tests.bench.claims import Claim
from tests.bench.house import House, month
from tests.bench.parts import Options
from tests.bench.tree import Cost
from warehouse.published.publication import open_current
from warehouse.store.data_root import Root
from warehouse.vocabulary.period import Period
from warehouse.vocabulary.project import PROJECT

FIRST = "2025-11"
LAST = {1: "2026-10", 3: "2028-10"}
RESIDENT_TIMES = 3


def measure(options: Options) -> dict[str, Any]:
    """`options.size`: only so many years, 1 or 3."""
    wanted = [options.size] if options.size else list(LAST)
    return {"scale": options.scale, "years": {str(years): _of(years, options.scale) for years in wanted}}


def _of(years: int, scale: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        project = longer_reporting.ready(Path(folder), 2028) if years > 1 else PROJECT
        house, last = House(Root(Path(folder) / "data"), project), month(LAST[years])
        demo = house.skills("demo", "--months", f"{FIRST}:{last}", "--scale", str(scale))
        house.cut(last)
        files = sum(path.is_file() for path in house.root.inbox.rglob("*"))
        empty = house.run(last)
        stages = house.stages(empty)
        correction = house.correct(last, last)
        corrected = house.run(last, correction.marks())
        measured = {
            "files": files,
            "participations": _participations(house.root),
            "demo": _told(demo),
            "empty": _told(empty) | {"stages": stages},
            "correction": _told(corrected)
            | {"rows": correction.rows, "marks": dict(corrected.marks), "stages": house.stages(corrected)},
            "nothing new": _told(house.run(last)),
        }
        if years == 1:
            measured["resident"] = _resident(house, last)
            measured["dashboard"] = bench_dashboard.compare(open_current(house.root))
        return measured


def _resident(house: House, last: Period) -> list[dict[str, float]]:
    """Seconds from a correction's coming until its decision and its report stand, with a process that is there for it;
    of several corrections, since the first one finds less loaded."""
    with house.serving():
        return [
            house.correct(last, last, number).stands_after("decision", "report")
            for number in range(2, 2 + RESIDENT_TIMES)
        ]


def _participations(root: Root) -> int:
    with open_current(root).connect() as con:
        return int(con.execute("select count(*) from fct_participation").fetchall()[0][0])


def _told(spent: Cost) -> dict[str, Any]:
    return {name: asdict(spent)[name] for name in ("cpu", "wall", "peak_mb")}


def claims(report: dict[str, Any]) -> list[Claim]:
    years, held = report["years"], []
    if "1" in years:
        correction = years["1"]["correction"]
        held += [
            Claim("one correction of 5,000 rows, one year: CPU s", correction["cpu"]),
            Claim("run from empty, default demo: s", years["1"]["empty"]["wall"]),
            Claim("until published: s", correction["marks"]["published"]),
        ]
        if "resident" in years["1"]:
            waited = sorted(max(stood.values()) for stood in years["1"]["resident"])
            held.append(Claim("until the decision and its report stand, resident: s", waited[len(waited) // 2]))
    if "3" in years:
        held += [
            Claim("three years from empty: s", years["3"]["empty"]["wall"]),
            Claim("three years from empty: peak MB", years["3"]["empty"]["peak_mb"]),
        ]
    if len(years) == 2:
        held.append(Claim("three years / one year", years["3"]["correction"]["cpu"] / years["1"]["correction"]["cpu"]))
    return held if report["scale"] == 1 else []


def show(report: dict[str, Any]) -> None:
    console = Console()
    for years, measured in report["years"].items():
        commands = Table(
            "command",
            "CPU s",
            "wall s",
            "peak MB",
        )
        console.print(
            f"History of {years} years at scale {report['scale']:g}: {measured['files']:,} files, "
            f"{measured['participations']:,} participations"
        )
        for name in ("demo", "empty", "correction", "nothing new"):
            spent = measured[name]
            commands.add_row(name, f"{spent['cpu']:.1f}", f"{spent['wall']:.1f}", f"{spent['peak_mb']:,.0f}")
        console.print(commands)
        correction = measured["correction"]
        told = ", ".join(f"{name} after {at:.1f} s" for name, at in correction["marks"].items())
        console.print(f"the correction of {correction['rows']:,} rows: {told}")
        for stood in measured.get("resident", ()):
            told = ", ".join(f"{name} after {at:.1f} s" for name, at in stood.items())
            console.print(f"the same with skills serve: {told}")
        console.print("The whole tree while each stage went on, from empty and with the correction:")
        console.print(stages_table(measured["empty"], correction))
    if "dashboard" in report["years"].get("1", {}):
        bench_dashboard.show(report["years"]["1"]["dashboard"])


def stages_table(empty: dict[str, Any], corrected: dict[str, Any]) -> Table:
    """The last row is what was spent in no stage: to start, to import, to tell Dagster."""
    table = Table("stage", "CPU s", "wall s", "peak MB", "corrected: CPU s", "wall s", "peak MB")
    nothing = {"cpu": 0.0, "wall": 0.0, "peak_mb": 0.0}
    for name in sorted(empty["stages"], key=lambda name: -empty["stages"][name]["cpu"]):
        both = (empty["stages"][name], corrected["stages"].get(name, nothing))
        table.add_row(name, *(figure for stage in both for figure in _figures(stage)))
    both = (_outside(empty), _outside(corrected))
    table.add_row("in no stage", *(figure for stage in both for figure in _figures(stage)))
    return table


def _outside(spent: dict[str, Any]) -> dict[str, float]:
    within = {name: sum(stage[name] for stage in spent["stages"].values()) for name in ("cpu", "wall")}
    return {name: max(0.0, spent[name] - within[name]) for name in within} | {"peak_mb": spent["peak_mb"]}


def _figures(stage: dict[str, float]) -> tuple[str, str, str]:
    return f"{stage['cpu']:.1f}", f"{stage['wall']:.1f}", f"{stage['peak_mb']:,.0f}"
