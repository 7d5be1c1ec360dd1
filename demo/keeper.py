"""The process that keeps the demo's servers: it starts them, places each feed's files where its channel finds them,
writes `connections.yaml`, and serves until it is told to end or the data root is gone.

`python -m demo.keeper ROOT`, on a root to which the demo was written. What begins and ends it is `serving.py`; what a
server does is its own module's. Ends when its servers have ended.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from demo import servers
from demo.provisions import provisions
from demo.servers import Missing, Sent, Server
from demo.serving import Kept, Note
from ingest.feed import find
from warehouse.store import demo_mark
from warehouse.store.data_root import Root

_BETWEEN_LOOKS = 1.0
"""Seconds between two looks whether the root still stands."""


class Keeper:
    """Of one root. What no server can take stays in the inbox."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._kept = Kept(root)
        self._servers: dict[str, Server] = {}
        self._is_over = threading.Event()

    def serve(self) -> None:
        """Until `end`, or until the note of this process is gone, as with its root."""
        with self._kept.lock:
            note = Note(os.getpid())
            self._kept.write(note)
            with ExitStack() as ending:  # each is stopped, whatever the stop of another raises
                missing = self._start(ending)
                feeds = self._place()
                self._write_connections(feeds)
                counts = dict(Counter(feed["connection"] for feed in feeds.values()))
                self._kept.write(replace(note, is_ready=True, missing=missing, feeds=counts))
                while not self._is_over.wait(_BETWEEN_LOOKS) and self._kept.note_file.is_file():
                    pass

    def end(self, *_: object) -> None:
        self._is_over.set()

    def _start(self, ending: ExitStack) -> dict[str, str]:
        """What could not be started, with what to install."""
        missing = {}
        for name in sorted({provision.server for provision in provisions() if provision.server}):
            folder = self._kept.folder / name
            folder.mkdir()
            server = servers.server(name)
            ending.callback(server.stop)
            try:
                server.start(folder)
            except Missing as what:
                missing[name] = str(what)
            else:
                self._servers[name] = server
        return missing

    def _place(self) -> dict[str, dict[str, Any]]:
        """Feed → where it lies, as `connections.yaml` says it; tells the demo's mark under which names it comes."""
        files = _files(self._root)
        feeds = {}
        for provision in provisions():
            server = self._servers.get(provision.server or "")
            if server:
                feed = find(provision.department, provision.dataset)
                place = server.place(feed, files.get((feed.department, feed.dataset), []))
                feeds[f"{feed.department}/{feed.dataset}"] = {"connection": provision.server, **place}
        arrivals = dict(demo_mark.arrivals(self._root))
        for server in self._servers.values():
            arrivals |= server.arrivals()
        demo_mark.mark(self._root, arrivals)
        return feeds

    def _write_connections(self, feeds: Mapping[str, Any]) -> None:
        connections = {name: server.connection() for name, server in self._servers.items()}
        told = yaml.safe_dump({"connections": connections, "feeds": feeds}, allow_unicode=True, sort_keys=False)
        self._kept.connections.write_text(told, "utf-8")


def _files(root: Root) -> Mapping[tuple[str, str], list[Sent]]:
    """The demo's files by department and dataset, as its truth tells for which feed each was written."""
    arrivals = demo_mark.arrivals(root)
    files: defaultdict[tuple[str, str], list[Sent]] = defaultdict(list)
    for line in pq.read_table(root.truth / "files.parquet", columns=["file", "dataset"]).to_pylist():
        if line["file"] and line["dataset"]:
            department, _, name = line["file"].partition("/")
            files[department, line["dataset"]].append(Sent(name, root.inbox / line["file"], arrivals[line["file"]]))
    return files


def main() -> None:
    os.umask(0o077)  # what it writes holds secrets and identifiers
    keeper = Keeper(Root(Path(sys.argv[1])))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, keeper.end)
    keeper.serve()


if __name__ == "__main__":
    main()
