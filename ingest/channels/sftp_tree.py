"""What lies below a path on an SFTP server, folder by folder, as the server says it.

Here: the walk, which leaves out folders that need no look, and what a folder holds. Links are shown and not followed.
Not here: when a file is whole, what it is called in the house (`sftp.py`). Ends at folders with their entries.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, cast

import asyncssh
from asyncssh import SFTPAttrs, SFTPClient
from asyncssh.constants import FILEXFER_TYPE_DIRECTORY, FILEXFER_TYPE_REGULAR

from ingest.channels import Unreachable
from ingest.channels.sftp_session import SILENT_SECONDS, answered

DEEPEST, MOST_ENTRIES = 20, 1_000_000
"""Beyond either a server shows what never ends."""
Kind = Literal["file", "folder", "other"]
_SIDE_BY_SIDE = 16
_SLASH = "\N{DIVISION SLASH}".encode()
_KINDS: Mapping[int, Kind] = {FILEXFER_TYPE_REGULAR: "file", FILEXFER_TYPE_DIRECTORY: "folder"}


@dataclass(frozen=True)
class Entry:
    """`path` as the server takes it; `modified`: seconds since 1970, by the server's clock or as the sender set it."""

    path: bytes
    kind: Kind
    size: int
    modified: int

    @property
    def name(self) -> bytes:
        return self.path.rpartition(b"/")[2]

    @classmethod
    def of(cls, path: bytes, attrs: SFTPAttrs) -> Entry:
        return cls(path, _KINDS.get(attrs.type, "other"), attrs.size or 0, attrs.mtime or 0)


@dataclass(frozen=True)
class Folder:
    """`entries` by name; none of one that `is_left_out` or `is_closed`. `modified` changes whenever a name comes or
    goes, not when a file is written over."""

    path: bytes
    modified: int
    entries: Mapping[bytes, Entry] = field(default_factory=dict)
    is_left_out: bool = False
    is_closed: bool = False

    def of_kind(self, kind: Kind) -> Iterator[Entry]:
        return (entry for entry in self.entries.values() if entry.kind == kind)

    @property
    def state(self) -> str:
        """Another text whenever anything in the folder is another."""
        told = sorted((entry.path, entry.kind, entry.size, entry.modified) for entry in self.entries.values())
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def newest(self) -> int:
        """The latest time of it or of anything in it."""
        return max([self.modified, *(entry.modified for entry in self.entries.values())])


def newest(folders: Iterable[Folder]) -> int:
    """The latest time that the server shows: its clock has reached it."""
    return max((folder.newest for folder in folders), default=0)


@dataclass(frozen=True)
class Walk:
    """`is_listed` leaves out names of files and folders, `needs_look` folders by path and modified time."""

    is_listed: Callable[[bytes], bool]
    needs_look: Callable[[bytes, int], bool]

    async def down(self, path: bytes, folders: list[Folder], client: SFTPClient) -> None:
        """Appends the folders from a path on, so that those before a cut are known. Raises the server's own error where
        the path gives no list."""
        folders.append(await self.folder(client, path, (await answered(client.stat(path))).mtime or 0))
        level, entries = folders[:], 0
        for _ in range(DEEPEST):
            entries += sum(len(folder.entries) for folder in level)
            below = [entry for folder in level for entry in folder.of_kind("folder")]
            if not below:
                return
            if entries > MOST_ENTRIES:
                break
            level = await self._level(client, below, folders)
        reason = f"the server shows more than {MOST_ENTRIES:,} names, or {DEEPEST} folders in each other"
        raise Unreachable(reason, is_passing=False)

    async def again(self, folders: Iterable[Folder], listed: list[Folder], client: SFTPClient) -> None:
        """Appends each of the folders as it is now; one that is gone is left out."""
        for folder in folders:
            with suppress(asyncssh.SFTPNoSuchFile):
                listed.append(await self.folder(client, folder.path, folder.modified))

    async def _level(self, client: SFTPClient, below: list[Entry], folders: list[Folder]) -> list[Folder]:
        """What vanished meanwhile was taken back."""
        free = asyncio.Semaphore(_SIDE_BY_SIDE)
        level: list[Folder] = []

        async def listed(entry: Entry) -> None:
            async with free:
                level.append(await self._below(client, entry))
                folders.append(level[-1])

        ended = await asyncio.gather(*map(listed, below), return_exceptions=True)
        for error in ended:
            if error is not None and not isinstance(error, asyncssh.SFTPNoSuchFile):
                raise error
        return level

    async def _below(self, client: SFTPClient, entry: Entry) -> Folder:
        if not self.needs_look(entry.path, entry.modified):
            return Folder(entry.path, entry.modified, is_left_out=True)
        try:
            return await self.folder(client, entry.path, entry.modified)
        except asyncssh.SFTPPermissionDenied:
            return Folder(entry.path, entry.modified, is_closed=True)

    async def folder(self, client: SFTPClient, path: bytes, modified: int) -> Folder:
        """One folder; a name that the server says twice counts once."""
        entries: dict[bytes, Entry] = {}
        clock = asyncio.get_running_loop().time
        async with asyncio.timeout(SILENT_SECONDS) as limit:
            async for shown in client.scandir(path):
                limit.reschedule(clock() + SILENT_SECONDS)
                name = cast(bytes, shown.filename)
                if name not in (b"", b".", b"..") and self.is_listed(name):
                    entries[name] = await self._entry(client, path, name, shown.attrs)
                if len(entries) > MOST_ENTRIES:
                    break
        return Folder(path, modified, entries)

    async def _entry(self, client: SFTPClient, folder: bytes, name: bytes, attrs: SFTPAttrs) -> Entry:
        if b"/" in name:  # no name of a file: what it leads to is asked for by nobody
            return Entry(folder + b"/" + name.replace(b"/", _SLASH), "other", 0, attrs.mtime or 0)
        path = folder + b"/" + name
        if None in (attrs.size, attrs.mtime, attrs.permissions):
            attrs = await answered(client.lstat(path))
        return Entry.of(path, attrs)
