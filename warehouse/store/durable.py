"""Writing so that what was written is still there after the power failed: first the bytes, then what names them.

`write` and `move` leave it to one `sync` for a whole batch to bring files and folders to the disk; `replace` and
`append` do it themselves. What is private or public is `warehouse.store.modes`. Ends at files and folders.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_AT_ONCE = 16
"""A file system commits together what waits together: 500 files in 0.05 s, one after the other in 1.4 s."""


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Writes a file that nothing names yet; whole or an `OSError`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        write_all(descriptor, content)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """`os.write` may take a part only, as on a disk that is filling up."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def move(staged: Path, place: Path) -> Path:
    """One rename; gives the folder in which the name now stands, to be synced."""
    place.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(place)
    return place.parent


def sync(paths: Iterable[Path]) -> None:
    """Brings files and folders to the disk, all at once; an `OSError` of any is raised."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(_sync, sorted(set(paths))))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """A file with new content, on the disk when this returns: a reader and a kill leave either the old or the new."""
    part = path.with_name(f"{path.name}.part")
    write(part, content, mode)
    sync([part])
    sync([move(part, path)])


def append(path: Path, whole: int, content: bytes) -> None:
    """Adds to the first `whole` bytes of a file, cutting off what a kill left behind them; on the disk when this
    returns. What cannot be written whole is taken back."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, whole)
        os.lseek(descriptor, whole, os.SEEK_SET)
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, whole)
            raise
    finally:
        os.close(descriptor)
    if is_new:
        sync([path.parent])
