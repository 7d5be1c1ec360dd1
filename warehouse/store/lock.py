"""One run at a time on a data root: a file lock that says who holds it.

Ends at holding; who waits and who gives up is the caller's.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import Busy

_OWN: set[Path] = set()
"""Roots that this process holds: the command line holds before Dagster's resource asks again."""


@contextlib.contextmanager
def hold(root: Root) -> Iterator[None]:
    """Holds the root's lock, or raises `Busy` with the holder's name. The lock goes with the process that dies."""
    if root.path in _OWN:
        yield
        return
    holder = root.lock.with_suffix(".holder")
    lock = FileLock(root.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = holder.read_text("utf-8").strip() if holder.exists() else "another process"
        raise Busy(f"A run is under way on {root.path}, held by {who}: wait until it has ended.") from None
    try:
        _OWN.add(root.path)
        since = clock.now().isoformat(timespec="seconds")
        holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since {since}\n", "utf-8")
        yield
    finally:
        _OWN.discard(root.path)
        holder.unlink(missing_ok=True)
        lock.release()
