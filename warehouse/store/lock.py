"""Who may write in a data root: two file locks that say who holds them.

`intake` is held by what receives, decides and writes logs, snapshots and reports: for seconds, after any arrival.
`build` is held by what builds and publishes, on its own clock, so that deciding never waits for a build. Who needs both
takes `build` first. Ends at holding; who waits, for how long, and who gives up is the caller's.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import Busy

Rhythm = Literal["build", "intake"]
RHYTHMS: tuple[Rhythm, ...] = ("build", "intake")
"""In the order in which both are taken, so that no two wait for each other."""
SHORTLY = 5.0
"""Seconds for which a person's command waits for the other rhythm: a build holds `intake` for a moment only."""
_POLL_SECONDS = 0.2
_HOLDER = re.compile(r"process (?P<process>\d+) on (?P<host>\S+) since ")


class Locks:
    """The locks of one root that one piece of work holds; they go with the process that dies."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._held: dict[Rhythm, FileLock] = {}

    def hold(self, rhythm: Rhythm, wait_seconds: float = 0) -> None:
        """Takes a lock unless it is held here already; `Busy` with the holder's name once `wait_seconds` are over."""
        if rhythm in self._held:
            return
        lock = FileLock(file(self._root, rhythm))
        try:
            lock.acquire(timeout=wait_seconds, poll_interval=_POLL_SECONDS)
        except Timeout:
            who = _told(self._root, rhythm) or "another process"
            raise Busy(f"A run is under way on {self._root.path}, held by {who}: wait until it has ended.") from None
        self._held[rhythm] = lock
        since = clock.now().isoformat(timespec="seconds")
        told = f"process {os.getpid()} on {socket.gethostname()} since {since}\n"
        holder_file(self._root, rhythm).write_text(told, "utf-8")

    def let_go(self, *rhythms: Rhythm) -> None:
        """Of those that are held, else nothing; without names, of all."""
        for rhythm in rhythms or RHYTHMS:
            lock = self._held.pop(rhythm, None)
            if lock is not None:
                holder_file(self._root, rhythm).unlink(missing_ok=True)
                lock.release()


@contextlib.contextmanager
def hold(root: Root, *rhythms: Rhythm, wait_seconds: float = 0) -> Iterator[None]:
    """Holds locks of a root while the block lasts."""
    locks = Locks(root)
    try:
        for rhythm in sorted(rhythms, key=RHYTHMS.index):
            locks.hold(rhythm, wait_seconds)
        yield
    finally:
        locks.let_go()


def holder(root: Root, *rhythms: Rhythm) -> str | None:
    """Who holds one of the locks, by default any, without touching it; none where the process told of is dead.

    A process on another machine cannot be asked: what is told of it is believed.
    """
    return next((told for rhythm in rhythms or RHYTHMS if (told := _living(root, rhythm))), None)


def _living(root: Root, rhythm: Rhythm) -> str | None:
    told = _told(root, rhythm)
    match = _HOLDER.match(told or "")
    if match and match["host"] == socket.gethostname() and not Path(f"/proc/{match['process']}").exists():
        return None
    return told


def file(root: Root, rhythm: Rhythm) -> Path:
    return root.path / f"{rhythm}.lock"


def holder_file(root: Root, rhythm: Rhythm) -> Path:
    return file(root, rhythm).with_suffix(".holder")


def _told(root: Root, rhythm: Rhythm) -> str | None:
    try:
        return holder_file(root, rhythm).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None
