"""When a file in a folder is whole: what can be known of one that may still be on its way.

Nothing tells a writer that pauses from one that is done, so the sender's help is asked for: a name that ends in `.part`
until the last byte is there, or a `.done` or `.sha256` beside the file. Without it a file is whole when it was quiet:
by the server's change time, which a sender cannot set as it can the modified time, or over two looks. Whatever was
listed must be the same after it was copied. Ends at entries and their bytes.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from ingest.channels import Changed
from warehouse.vocabulary import clock

DONE, SHA256 = ".done", ".sha256"
_DIGEST = re.compile(rb"\s*\\?([0-9a-fA-F]{64})\b")
SIDECAR_BYTES = 5000
"""No checksum file is longer."""


@dataclass(frozen=True)
class Quiet:
    """For how long nothing must have changed. A look that `waits` looks once more after that time, for all files."""

    seconds: int
    waits: bool = False


@dataclass(frozen=True)
class Entry:
    """What a folder shows at a path. `change` is another text whenever the file was touched; `changed_at` is the
    server's. `sha256_beside`: what the sender says, empty where that cannot be read."""

    path: Path
    kind: Literal["file", "other", "closed"]
    size: int
    modified_at: float
    changed_at: float
    change: str
    is_done: bool = False
    sha256_beside: str | None = None
    is_quiet: bool = False

    @classmethod
    def of(cls, path: Path, kind: Literal["file", "other", "closed"], status: os.stat_result) -> Entry:
        size = 0 if kind == "closed" else status.st_size
        return cls(path, kind, size, status.st_mtime, status.st_ctime, _change(status))


def is_sidecar(name: str) -> bool:
    return name.lower().endswith((DONE, SHA256))


def with_sidecars(entry: Entry, names: Mapping[str, str]) -> Entry:
    """The entry with what lies beside it; `names` are those of its folder by their lower-case spelling. A `.done` that
    is older than the file's last change was for what lay there before."""
    done, digest = (names.get((entry.path.name + end).lower()) for end in (DONE, SHA256))
    with suppress(OSError):
        if done is not None and entry.path.with_name(done).lstat().st_ctime >= entry.changed_at:
            entry = replace(entry, is_done=True)
    if digest is not None:
        entry = replace(entry, sha256_beside=_digest_in(entry.path.with_name(digest)))
    return entry


def whole(look: Callable[[], Sequence[Entry]], folder: Path, quiet: Quiet) -> list[Entry]:
    """Of what looks show, what is whole or can tell so by its checksum. One wait serves all files; where everything
    has long been quiet, or is told to be done, there is none."""
    begun = time.monotonic()
    before: dict[Path, str] = {}
    entries = _quiet(look(), before, folder, quiet)
    if quiet.waits and not all(entry.is_quiet or entry.is_done for entry in entries):
        before = {entry.path: entry.change for entry in entries}
        time.sleep(max(0.0, begun + quiet.seconds - time.monotonic()))
        entries = _quiet(look(), before, folder, quiet)
    return [entry for entry in entries if entry.is_quiet or entry.is_done or entry.sha256_beside is not None]


def _quiet(entries: Sequence[Entry], before: Mapping[Path, str], folder: Path, quiet: Quiet) -> list[Entry]:
    latest = server_time(folder) - quiet.seconds
    return [
        replace(
            entry,
            is_quiet=entry.kind == "closed" or entry.changed_at <= latest or before.get(entry.path) == entry.change,
        )
        for entry in entries
    ]


def server_time(folder: Path) -> float:
    """What the clock that stamps changes in the folder says: that of the machine which holds it, not ours."""
    try:
        os.utime(folder)
        return folder.stat().st_ctime
    except OSError:
        return clock.now().timestamp()


@contextmanager
def opened(path: Path, change: str) -> Iterator[BinaryIO]:
    """The bytes that were listed; `Changed` where it is another file by now, or one when the reading ends. Follows no
    link and waits for no pipe, even where one took the file's place."""
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(number, "rb") as stream:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(errno.EINVAL, "no regular file")
        if _change(os.fstat(number)) != change:
            raise Changed(path.name)
        yield stream
        if _change(os.fstat(number)) != change:
            raise Changed(path.name)


def change_of(path: Path) -> str:
    """As `opened` compares it."""
    return _change(path.lstat())


def refuse() -> AbstractContextManager[BinaryIO]:
    """`open` of what must not be opened."""
    raise OSError(errno.EINVAL, "no regular file")


def _change(status: os.stat_result) -> str:
    """The change time alone may be too coarse for two changes at once."""
    return f"{status.st_ctime_ns}.{status.st_ino}.{status.st_size}.{status.st_mtime_ns}"


def _digest_in(path: Path) -> str:
    try:
        with opened(path, _change(path.lstat())) as stream:
            return sha256_told(stream.read(SIDECAR_BYTES))
    except OSError:
        return ""


def sha256_told(content: bytes) -> str:
    """What a checksum file says, in lower case; empty where it says none."""
    digest = _DIGEST.match(content.removeprefix(b"\xef\xbb\xbf"))
    return digest[1].decode().lower() if digest else ""
