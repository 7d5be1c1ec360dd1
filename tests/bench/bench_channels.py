"""What channels cost: every server of the demo lists ten thousand files that it holds, or a database ten periods of ten
rows for each file, and once more when nothing is new.

A server that cannot be started here, for want of a package, is left out and named. Not here: what a channel must do,
which its tests show.
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

from demo import servers
from demo.servers import Missing, Sent, Server
from ingest import connections
from ingest.channels import Ground
from ingest.feed import Feed, find
from tests.bench.claims import Claim
from tests.bench.parts import Options

FILES = 10_000
TABLES = ("mysql", "postgresql")
"""Servers that hold rows and no files."""
ROWS_OF_A_FILE = 10
_FEED, _TABLE_FEED = find("EDU", "training_record"), find("FIN", "subsidy_payment")
_SENT_AT = dt.datetime(2026, 2, 3, tzinfo=dt.UTC)


def measure(options: Options) -> dict[str, Any]:
    """`options.size`: files."""
    files = options.size or FILES
    listed = {
        name: _served(name, functools.partial(_rows if name in TABLES else _files, files=files))
        for name in servers.names()
    }
    return {"files": files, "listed": listed}


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
    listed = report["listed"].items()
    seconds = [spent["seconds"] for name, spent in listed if name not in TABLES and "seconds" in spent]
    if not seconds or report["files"] < FILES:
        return []
    return [Claim("a channel lists ten thousand files: s", max(seconds))]


def show(report: dict[str, Any]) -> None:
    lists = f"lists {report['files']:,} files: s"
    table = Table("server", lists, "once more, nothing new: s", title="Channels", title_justify="left")
    for name, spent in report["listed"].items():
        if "missing" in spent:
            table.add_row(name, spent["missing"])
        else:
            table.add_row(
                name,
                f"{spent['seconds']:.2f} ({spent['found']:,} found)",
                f"{spent['again_seconds']:.2f} ({spent['found_again']:,} found)",
            )
    Console().print(table)
