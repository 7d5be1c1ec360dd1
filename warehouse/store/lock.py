"""One run at a time on a data root: a file lock that says who holds it.

Ends at holding; who waits, for how long, and who gives up is the caller's.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import Busy

_OWN: set[Path] = set()
"""Roots that this process holds: the command line holds before Dagster's resource asks again."""
_POLL_SECONDS = 1.0
_HOLDER = re.compile(r"process (?P<process>\d+) on (?P<host>\S+) since ")


@contextlib.contextmanager
def hold(root: Root, wait_seconds: float = 0) -> Iterator[None]:
    """Holds the root's lock, or raises `Busy` with the holder's name once `wait_seconds` are over. The lock goes with
    the process that dies."""
    if root.path in _OWN:
        yield
        return
    lock = FileLock(root.lock)
    try:
        lock.acquire(timeout=wait_seconds, poll_interval=_POLL_SECONDS)
    except Timeout:
        who = _told(root) or "another process"
        raise Busy(f"A run is under way on {root.path}, held by {who}: wait until it has ended.") from None
    holder = _holder_file(root)
    try:
        _OWN.add(root.path)
        since = clock.now().isoformat(timespec="seconds")
        holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since {since}\n", "utf-8")
        yield
    finally:
        _OWN.discard(root.path)
        holder.unlink(missing_ok=True)
        lock.release()


def holder(root: Root) -> str | None:
    """Who holds the root, without touching the lock; none where the process told of is dead.

    A process on another machine cannot be asked: what is told of it is believed.
    """
    told = _told(root)
    match = _HOLDER.match(told or "")
    if match and match["host"] == socket.gethostname() and not Path(f"/proc/{match['process']}").exists():
        return None
    return told


def _holder_file(root: Root) -> Path:
    return root.lock.with_suffix(".holder")


def _told(root: Root) -> str | None:
    try:
        return _holder_file(root).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None
