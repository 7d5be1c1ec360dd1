"""The log of alerts on the disk, and the lock under which it is added to.

A damaged one is set aside and a new one begun, for who is not told of anything any more would not be told of that
either: what is open is then raised and told once more. What its lines mean is `episodes` and `reminders`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from orchestration.pipeline import run_log
from warehouse.store import durable, log
from warehouse.store.data_root import Root
from warehouse.store.log import Entry
from warehouse.vocabulary.errors import Busy, OperatorError

_PROBE_BYTES = 64 * 2**10
"""More than the lines of one look."""


@contextmanager
def hold(root: Root, wait_seconds: float) -> Iterator[None]:
    """Only one process raises and tells; `Busy` when another still does after so long."""
    root.alerts.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(root.alerts.with_suffix(".lock"))
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise Busy(f"Another process tells of alerts of {root.path} just now: wait until it has ended.") from None
    try:
        yield
    finally:
        lock.release()


def read(root: Root) -> list[Entry]:
    """All lines, oldest first; for those who only look."""
    return log.read(root.alerts)


def read_or_begin(root: Root, now: dt.datetime) -> list[Entry]:
    """All lines, of a new log where the old one is damaged. The caller holds the lock."""
    try:
        return log.read(root.alerts)
    except OperatorError as error:
        moment = now.astimezone(dt.UTC)
        for path in (root.alerts, root.alerts.with_suffix(".head")):
            if path.exists():
                path.replace(path.with_name(f"{path.name}.damaged-{moment:%Y%m%dT%H%M%SZ}"))
        run_log.tell(root, "alert_log_set_aside", level="error", reason=str(error))
        return log.read(root.alerts)


def refuse_full_disk(root: Root) -> None:
    """`OSError` where nothing can be written: what was sent could then not be told, and would be sent at every look."""
    probe = root.alerts.with_suffix(".probe")
    durable.write(probe, bytes(_PROBE_BYTES))
    probe.unlink()


def append(root: Root, entries: Iterable[Entry]) -> None:
    """The caller holds the lock."""
    log.append(root.alerts, entries)
