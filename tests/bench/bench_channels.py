"""What channels cost: every server of the demo lists ten thousand files that it holds; its databases show what is in a
hundred thousand rows, and that nothing in them changed.

A server that cannot be started here, for want of a package, is left out and named. Not here: what a channel must do,
which its tests show.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from demo import servers
from demo.servers import Missing, Sent, Server
from ingest import connections
from ingest.channels import Channel, Ground, Source
from ingest.feed import Feed, find
from tests.bench.claims import Claim
from tests.bench.parts import Options

FILES = 10_000
TABLES = ("mysql", "postgresql")
"""Servers that hold rows and no files."""
ROWS_OF_A_FILE = 10
"""Of a table so many rows stand for a file of a folder."""
_FEED = find("EDU", "training_record")
_TABLE_FEED = find("FIN", "subsidy_payment")
_SENT_AT = dt.datetime(2026, 2, 3, tzinfo=dt.UTC)


def measure(options: Options) -> dict[str, Any]:
    """`options.size`: files."""
    files = options.size or FILES
    names = [name for name in servers.names() if name not in TABLES]
    listed = {name: _served(name, lambda server, folder: _listed(server, folder, files)) for name in names}
    rows = files * ROWS_OF_A_FILE
    looked = {name: _served(name, lambda server, folder: _looked(server, folder, rows)) for name in TABLES}
    return {"files": files, "listed": listed, "rows": rows, "looked": looked}


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


def _listed(server: Server, folder: Path, files: int) -> dict[str, Any]:
    sent = _made(folder / "sent")
    for number in range(files):
        (sent / f"{number}.csv").write_text("a\n1\n", "utf-8")
    place = server.place(_FEED, [Sent(path.name, path, _SENT_AT) for path in sorted(sent.iterdir())])
    with _channel(server, folder, _FEED, place) as (channel, source):
        begun = time.perf_counter()
        count = sum(1 for _ in channel.files(source, {}))
        listed = time.perf_counter()
        again = sum(1 for _ in channel.files(source, channel.bookmark(source)))
        ended = time.perf_counter()
    return {"seconds": listed - begun, "found": count, "again_seconds": ended - listed, "found_again": again}


def _looked(server: Server, folder: Path, rows: int) -> dict[str, Any]:
    """Ten periods of a table: all of them new, then none."""
    sent = _made(folder / "sent")
    for month in range(1, 11):
        lines = (f"{number},培训补贴{number},{number}.50\n" for number in range(rows // 10))
        (sent / f"subsidy_payment_2026-{month:02}.csv").write_text("payment_id,project_name,amount\n" + "".join(lines))
    place = server.place(_TABLE_FEED, [Sent(path.name, path, _SENT_AT) for path in sorted(sent.iterdir())])
    with _channel(server, folder, _TABLE_FEED, place) as (channel, source):
        begun = time.perf_counter()
        count = sum(1 for _ in channel.files(source, {}))
        written = time.perf_counter()
        unchanged = sum(1 for _ in channel.files(source, channel.bookmark(source)))
    return {
        "seconds": written - begun,
        "unchanged_seconds": time.perf_counter() - written,
        "found": count,
        "unchanged_found": unchanged,
    }


@contextmanager
def _channel(server: Server, folder: Path, feed: Feed, place: dict[str, Any]) -> Iterator[tuple[Channel, Source]]:
    told = {
        "connections": {"measured": server.connection()},
        "feeds": {f"{feed.department}/{feed.dataset}": {"connection": "measured", **place}},
    }
    path = folder / "connections.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
    known = connections.load(path)
    with closing(known.connect("measured", Ground(folder / "inbox", folder / "work", 0))) as channel:
        yield channel, known.of_feed(feed)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def claims(report: dict[str, Any]) -> list[Claim]:
    seconds = [spent["seconds"] for spent in report["listed"].values() if "seconds" in spent]
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
    title = f"{report['rows']:,} rows of ten periods"
    table = Table("database", "reads all: s", "unchanged: s", title=title, title_justify="left")
    for name, spent in report["looked"].items():
        if missing := spent.get("missing"):
            table.add_row(name, missing, "")
        else:
            table.add_row(name, f"{spent['seconds']:.2f}", f"{spent['unchanged_seconds']:.3f}")
    Console().print(table)
