"""What channels cost: a demo is run from empty, once from the folder and once with each feed on its channel; and every
server of the demo lists ten thousand files that it holds, or a database ten periods of ten rows for each file, and once
more when nothing is new.

A server that cannot be started here, for want of a package, is left out and named. What the servers themselves use is
in no figure. Not here: what a channel must do, and how much memory a large file takes, which its tests show.
"""

from __future__ import annotations

import datetime as dt
import functools
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from demo import servers, serving
from demo.servers import Missing, Sent, Server
from ingest import connections
from ingest.channels import Ground
from ingest.feed import Feed, find
from tests.bench.claims import Claim
from tests.bench.house import INTAKE, House
from tests.bench.parts import Options
from tests.bench.tree import SKILLS, cost
from warehouse.store.data_root import Root

FILES = 10_000
FOLDER, CHANNELS = "folder", "channels"
FIRST, LAST, AS_OF = "2025-11", "2026-10", "2026-11-20"
TABLES = ("mysql", "postgresql")
"""Servers that hold rows and no files."""
ROWS_OF_A_FILE = 10
_FEED, _TABLE_FEED = find("EDU", "training_record"), find("FIN", "subsidy_payment")
_SENT_AT = dt.datetime(2026, 2, 3, tzinfo=dt.UTC)


def measure(options: Options) -> dict[str, Any]:
    """`options.size`: files; `options.scale`: of the demo, of a year."""
    files = options.size or FILES
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        runs = {way: _run(Path(folder) / way, options.scale, way == CHANNELS) for way in (FOLDER, CHANNELS)}
    listed = {
        name: _served(name, functools.partial(_rows if name in TABLES else _files, files=files))
        for name in servers.names()
    }
    return {"files": files, "listed": listed, "runs": runs}


def _run(folder: Path, scale: float, is_served: bool) -> dict[str, Any]:
    house = House(Root(folder / "data"))
    house.skills("demo", "--months", f"{FIRST}:{LAST}", "--scale", str(scale))
    if is_served:
        serving.start(house.root)
    settings = {"SKILLS_CONNECTIONS": str(serving.Kept(house.root).connections)} if is_served else {}
    try:
        spent = cost([str(SKILLS), "run", "--as-of", AS_OF], house.root.path, settings=settings)
    finally:
        serving.stop(house.root)
    stages = house.stages(spent)
    decided = sum(stage["wall"] for name, stage in stages.items() if name in INTAKE)
    whole = {"cpu": spent.cpu, "wall": spent.wall, "peak_mb": spent.peak_mb}
    return {"run": whole, "pull": stages["receive"], "until_decided": decided}


def _served(name: str, measured: Callable[[Server, Path], dict[str, Any]]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        server = servers.server(name)
        try:
            server.start(_made(Path(folder) / "server"))
            return measured(server, Path(folder))
        except Missing as missing:
            return {"missing": str(missing)}
        finally:
            server.stop()


def _files(server: Server, folder: Path, files: int) -> dict[str, Any]:
    sent = _made(folder / "sent")
    for number in range(files):
        (sent / f"{number}.csv").write_text("a\n1\n", "utf-8")
    return _listed(server, folder, _FEED, sent)


def _rows(server: Server, folder: Path, files: int) -> dict[str, Any]:
    """Ten periods; a tenth of all rows in each."""
    sent = _made(folder / "sent")
    for month in range(1, 11):
        lines = (f"{number},培训补贴{number},{number}.50\n" for number in range(files * ROWS_OF_A_FILE // 10))
        content = "payment_id,project_name,amount\n" + "".join(lines)
        (sent / f"subsidy_payment_2026-{month:02}.csv").write_text(content, "utf-8")
    return _listed(server, folder, _TABLE_FEED, sent)


def _listed(server: Server, folder: Path, feed: Feed, sent: Path) -> dict[str, Any]:
    place = server.place(feed, [Sent(path.name, path, _SENT_AT) for path in sorted(sent.iterdir())])
    told = {
        "connections": {"measured": server.connection()},
        "feeds": {f"{feed.department}/{feed.dataset}": {"connection": "measured", **place}},
    }
    path = folder / "connections.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
    known = connections.load(path)
    source = known.of_feed(feed)
    with closing(known.connect("measured", Ground(folder / "inbox", folder / "work", 0))) as channel:
        begun = time.perf_counter()
        count = sum(1 for _ in channel.files(source, {}))
        listed = time.perf_counter()
        again = sum(1 for _ in channel.files(source, channel.bookmark(source)))
        ended = time.perf_counter()
    return {"seconds": listed - begun, "found": count, "again_seconds": ended - listed, "found_again": again}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def claims(report: dict[str, Any]) -> list[Claim]:
    folder, channels = (report["runs"][way]["until_decided"] for way in (FOLDER, CHANNELS))
    held = [Claim("until decided: all feeds over channels / from the folder", channels / folder)]
    listed = report["listed"].items()
    seconds = [spent["seconds"] for name, spent in listed if name not in TABLES and "seconds" in spent]
    if seconds and report["files"] >= FILES:
        held.append(Claim("a channel lists ten thousand files: s", max(seconds)))
    return held


def show(report: dict[str, Any]) -> None:
    console = Console()
    runs = Table(
        *("feeds from", "pull: s", "peak MB", "until decided: s", "whole run: s", "CPU s", "peak MB"),
        title="A demo from empty",
        title_justify="left",
    )
    for way, spent in report["runs"].items():
        pull, run = spent["pull"], spent["run"]
        figures = (pull["wall"], pull["peak_mb"], spent["until_decided"], run["wall"], run["cpu"], run["peak_mb"])
        runs.add_row(way, *(f"{figure:,.1f}" for figure in figures))
    console.print(runs)
    lists = Table("server", "listed: s", "once more: s", title=f"{report['files']:,} files", title_justify="left")
    for name, spent in report["listed"].items():
        if "missing" in spent:
            lists.add_row(name, spent["missing"], "")
        else:
            lists.add_row(
                name, *(_told(spent, *keys) for keys in (("seconds", "found"), ("again_seconds", "found_again")))
            )
    console.print(lists)


def _told(spent: dict[str, Any], seconds: str, count: str) -> str:
    return f"{spent[seconds]:.2f} ({spent[count]:,} found)"
