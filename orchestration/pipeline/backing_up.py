"""Backs up a data root while others go on with it, and restores a backup as a root of its own.

Both locks are held only while links to the files are laid. What was written is compared twice: each file with the
backup's manifest, and all of it with what its logs say. How a backup lies on the disk is `warehouse.store.backup`. Ends
at the compared backup or root.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from expectations.versions import program_version
from orchestration.pipeline import storage
from orchestration.pipeline.run import PATIENCE_SECONDS
from warehouse.store import backup, house, keys, lock, modes
from warehouse.store.backup import Backup, Written
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import Busy, OperatorError


def back_up(root: Root, destination: Path, now: dt.datetime, *, with_key: bool) -> Written:
    """Writes and compares a backup; `OperatorError` where what stands is damaged already, and then none is left."""
    if destination.resolve().is_relative_to(root.path):
        raise OperatorError(f"{destination} lies in the data root: back up to another disk.")
    present = house.read(root)
    if present is None:
        raise OperatorError(f"{root.path} has not been run yet, so there is nothing to back up: call skills run.")
    facts = {
        "at": clock.utc_text(now),
        "root": str(root.path),
        "program": program_version(),
        "layout": present.layout,
        "key_id": present.key_id,
    }
    key = keys.load_key(root).secret.hex() if with_key else None
    modes.keep_private()
    destination.mkdir(parents=True, exist_ok=True)
    with _alone(root), _staged(root) as staged:
        written = backup.write(staged, destination, now, facts, key)
    hurt = _hurt(written.backup)
    if hurt:
        shutil.rmtree(written.backup.folder)
        raise OperatorError(f"No backup was written, for what it would hold is damaged: {hurt[0]}")
    return Written(backup.name(written.backup), written.copied, written.copied_bytes)


@contextmanager
def _alone(root: Root) -> Iterator[None]:
    """No two backups of a root at a time: they would take each other's links away."""
    try:
        with FileLock(root.work / "backup.lock", timeout=0):
            yield
    except Timeout:
        raise Busy(f"Another backup of {root.path} is under way: wait until it has ended.") from None


@contextmanager
def _staged(root: Root) -> Iterator[Path]:
    with lock.hold(root, *lock.RHYTHMS, wait_seconds=PATIENCE_SECONDS):
        house.refuse_moving(root)
        staged = backup.stage(root)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def restore(source: Path, root: Root, tell: Callable[[str], None]) -> Backup:
    """Restores a backup, or the newest in a folder of backups, as the data root, and compares it with its logs."""
    whole = backup.newest(source) or backup.opened(source)
    if whole.facts["layout"] > house.LAYOUT:
        raise OperatorError(
            f"{whole.folder} has layout {whole.facts['layout']}, this program knows {house.LAYOUT} at most: "
            "use a newer version of it."
        )
    modes.keep_private()
    backup.restore(whole, root, tell)
    said = storage.verify(root)
    if said:
        raise OperatorError(f"{root.path} was restored, and is damaged as its backup is: {said[0]}")
    return whole


def _hurt(written: Backup) -> list[str]:
    return [f"{path} is not what was copied." for path in backup.damaged(written)] or storage.verify(written.root)
