"""The drop folder `inbox/<DEPARTMENT>/[<district>/]<file>`, or one like it on any path or share.

Here: listing, the folder's name. Not here: when a file is whole (`whole_files.py`), whose it is (`ingest.placing`),
storing. Ends at `Found`.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.channels import CLOSED, UNOPENED, Bookmark, Found, Ground, Source, Unreachable
from ingest.channels.whole_files import Entry, Quiet, is_sidecar, opened, refuse, whole, with_sidecars
from ingest.limits import limits

INBOX = "inbox"
_HIDDEN = re.compile(r"~\$|\.(?!\.)")
_EARLIEST, _LATEST = dt.datetime(1950, 1, 1, tzinfo=dt.UTC), dt.datetime(2150, 1, 1, tzinfo=dt.UTC)
_TEMPORARY_ENDS = (".part", ".tmp", ".crdownload", ".filepart")


def folder(unit: str) -> str:
    """The folder that serves a department or one of its district units, as people are told it."""
    return f"{INBOX}/{unit.replace('.', '/')}/"


@dataclass(frozen=True)
class Settings:
    """`path` empty: the house's inbox."""

    path: Path | None = None


@dataclass(frozen=True)
class Place:
    """A drop folder serves all departments, each in the folder of its code: there is nothing to say."""


def connect(name: str, settings: Settings, ground: Ground) -> DropFolder:
    return DropFolder(name, settings.path or ground.inbox, Quiet(ground.quiet_seconds, ground.waits))


class DropFolder:
    """One run's look at a folder."""

    is_remote = False
    keeps_order = False

    def __init__(self, name: str, path: Path, quiet: Quiet) -> None:
        self._name = name
        self._path = path
        self._quiet = quiet

    def files(self, source: Source, bookmark: Bookmark) -> Iterator[Found]:
        """Whole files and what cannot be opened, by path; a folder that is not there is an empty one."""
        if self._path.is_dir():
            entries = whole(lambda: list(_entries(self._path)), self._path, self._quiet)
            above = len(self._path.parts)
            for entry in sorted(entries, key=lambda entry: entry.path.parts):
                yield self._file(entry, "/".join(entry.path.parts[above:]))

    def bookmark(self, source: Source) -> Bookmark:
        return {}

    def taken(self, source: Source, file: Found) -> None:
        """Files stay: a department sees what it sent."""

    def test(self, source: Source) -> str:
        if not self._path.is_dir():
            raise Unreachable(f"the folder {self._path} is not there: make it or mount the share")
        if not os.access(self._path, os.R_OK | os.X_OK):
            raise Unreachable(f"the folder {self._path} cannot be read: give read permission", is_passing=False)
        return f"{sum(1 for _ in _entries(self._path)):,} files in {self._path}"

    def close(self) -> None: ...

    def _file(self, entry: Entry, below: str) -> Found:
        """`below`: its path within the folder; many paths are dear to build."""
        name = legible(os.fsencode(below))
        department, is_within, _ = name.partition("/")
        is_closed = entry.kind == "closed"
        # A link may lead to what its sender must not see, and a pipe never ends.
        is_file = entry.kind == "file"
        return Found(
            channel=self._name,
            department=department if is_within or is_closed else "",
            name=name,
            size=entry.size,
            modified_at=utc_text(entry.modified_at),
            open=functools.partial(opened, entry.path, entry.change) if is_file else refuse,
            change=entry.change,
            sha256_beside=entry.sha256_beside,
            is_quiet=entry.is_quiet,
            problem=CLOSED if is_closed else limits().oversize(entry.size) if is_file else UNOPENED,
        )


def _entries(folder: Path) -> Iterator[Entry]:
    """Everything under a folder but folders and what is no delivery by its name; of folders those that cannot be
    listed. What vanishes meanwhile was taken back."""
    with os.scandir(folder) as scanned:
        listed = list(scanned)
    names = {entry.name.lower(): entry.name for entry in listed}
    for entry in listed:
        if is_temporary(entry.name) or is_sidecar(entry.name):
            continue
        path = Path(entry.path)
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        if entry.is_dir(follow_symlinks=False):
            try:
                yield from _entries(path)
            except FileNotFoundError:
                continue
            except OSError:
                yield Entry.of(path, "closed", status)
        elif entry.is_file(follow_symlinks=False):
            yield with_sidecars(Entry.of(path, "file", status), names)
        else:
            yield Entry.of(path, "other", status)


def is_temporary(name: str) -> bool:
    """A lock file of an office program, a hidden file, or one that is still being copied."""
    return bool(_HIDDEN.match(name)) or name.lower().endswith(_TEMPORARY_ENDS)


def legible(raw: bytes) -> str:
    """A name that is text: bytes that are no UTF-8 are read as GB18030, as old archives write Chinese names."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def utc_text(modified_at: float) -> str:
    """A sender may write any number; beyond these two centuries it is no time."""
    within = min(max(modified_at, _EARLIEST.timestamp()), _LATEST.timestamp())
    return dt.datetime.fromtimestamp(within, dt.UTC).isoformat(timespec="microseconds")
