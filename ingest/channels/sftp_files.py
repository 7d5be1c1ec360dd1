"""One file on an SFTP server: its bytes from any place on, its checksum, and its move into another folder.

Nothing of a version other than the listed one is given or moved. Not here: which files there are (`sftp_tree.py`).
Ends at bytes, and at a file that lies elsewhere.
"""

from __future__ import annotations

import asyncio
import functools
import io
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO, cast

import asyncssh
from asyncssh import SFTPClient, SFTPClientFile

from ingest.channels import Changed, Unreachable
from ingest.channels.resuming import Resuming
from ingest.channels.sftp_session import Session, answered
from ingest.channels.sftp_tree import Entry
from ingest.channels.whole_files import SIDECAR_BYTES, sha256_told

_PIECE, _AHEAD = 64 * 1024, 16
"""Bytes asked for at once, and how many pieces are on their way: 1 MB fills a line of 100 Mbit/s and 80 ms."""
_MOST_OF_A_NAME = 100


@contextmanager
def opened(session: Session, entry: Entry) -> Iterator[BinaryIO]:
    """The bytes that were listed, going on where they were cut; `Changed` where it is another file by now, or one when
    the reading ends; PermissionError where it cannot be read."""
    with Resuming(functools.partial(_opened_at, session, entry), entry.size) as stream:
        yield cast(BinaryIO, stream)
        with _of_path():
            session.do(functools.partial(_refuse_changed, entry))


def checksum(session: Session, sidecar: Entry) -> str:
    """What a checksum file says; empty where it says none."""
    if sidecar.kind != "file" or sidecar.size > SIDECAR_BYTES:
        return ""
    with opened(session, sidecar) as stream:
        return sha256_told(stream.read(SIDECAR_BYTES))


def move(session: Session, entry: Entry, target: bytes, sidecars: Sequence[Entry]) -> None:
    """Renames a file with what lies beside it, never over another, making folders; one that changed since it was listed
    stays. `Unreachable` where it cannot be moved."""
    try:
        session.do(lambda client: _moved(client, entry, target, sidecars))
    except (asyncssh.SFTPError, Changed):
        raise Unreachable("a file that was taken cannot be moved: give the user leave to rename it") from None


@contextmanager
def _opened_at(session: Session, entry: Entry, offset: int) -> Iterator[BinaryIO]:
    with _of_path():
        ahead = session.do(lambda client: _Ahead.opened(client, entry, offset))
    try:
        yield cast(BinaryIO, _Stream(session, ahead))
    finally:
        with suppress(Unreachable, asyncssh.SFTPError):
            session.do(ahead.close)


@contextmanager
def _of_path() -> Iterator[None]:
    """What the server says of a path, as every channel says it."""
    try:
        yield
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        raise Changed("the file is gone") from None
    except asyncssh.SFTPPermissionDenied:
        raise PermissionError("the server does not let the file be read") from None
    except asyncssh.SFTPError as error:
        raise Unreachable(f"the server cannot read a file: {type(error).__name__}") from None


class _Ahead:
    """Asks for pieces before they are wanted. Belongs to the connection on which it was opened."""

    def __init__(self, client: SFTPClient, file: SFTPClientFile, offset: int, size: int) -> None:
        self._client = client
        self._file = file
        self._at = self._asked = offset
        self._size = size
        self._pieces: deque[asyncio.Task[bytes]] = deque()

    @classmethod
    async def opened(cls, client: SFTPClient, entry: Entry, offset: int) -> _Ahead:
        try:
            file = await answered(client.open(entry.path, "rb"))
        except asyncssh.SFTPFailure:  # a name that is too long, say: other files can be read all the same
            raise PermissionError("the server cannot open the file") from None
        if Entry.of(entry.path, await answered(file.stat())) != entry:
            await file.close()
            raise Changed("another version")
        return cls(client, file, offset, entry.size)

    async def next(self, client: SFTPClient) -> bytes:
        """The next piece; empty at the end."""
        self._refuse_lost(client)
        while self._asked < self._size and len(self._pieces) < _AHEAD:
            size = min(_PIECE, self._size - self._asked)
            self._pieces.append(asyncio.ensure_future(self._read(self._asked, size)))
            self._asked += size
        if not self._pieces:
            return b""
        wanted = min(_PIECE, self._size - self._at)
        piece = await answered(self._pieces.popleft())
        self._at += len(piece)
        if len(piece) < wanted:  # what was asked for behind it would leave a hole
            self._drop()
            self._asked = self._at
        return piece

    async def close(self, client: SFTPClient) -> None:
        self._drop()
        self._refuse_lost(client)
        await answered(self._file.close())

    async def _read(self, offset: int, size: int) -> bytes:
        return cast(bytes, await self._file.read(size, offset))

    def _refuse_lost(self, client: SFTPClient) -> None:
        if client is not self._client:
            raise Unreachable("the server cut the connection")

    def _drop(self) -> None:
        for piece in self._pieces:
            piece.cancel()
        self._pieces.clear()


class _Stream(io.RawIOBase):
    """A server that ends a file early gives an empty piece before its size."""

    def __init__(self, session: Session, ahead: _Ahead) -> None:
        self._session = session
        self._ahead = ahead
        self._rest = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes, of what came as one piece."""
        if not self._rest:
            with _of_path():
                self._rest = memoryview(self._session.do(self._ahead.next))
        end = len(self._rest) if size < 0 else size
        piece, self._rest = bytes(self._rest[:end]), self._rest[end:]
        return piece


async def _refuse_changed(entry: Entry, client: SFTPClient) -> None:
    if Entry.of(entry.path, await answered(client.lstat(entry.path))) != entry:
        raise Changed("another version")


async def _moved(client: SFTPClient, entry: Entry, target: bytes, sidecars: Sequence[Entry]) -> None:
    await _refuse_changed(entry, client)
    await _make_folders(client, target.rpartition(b"/")[0])
    moved_to = await _renamed(client, entry.path, target)
    try:
        await _refuse_changed(Entry(moved_to, entry.kind, entry.size, entry.modified), client)
    except Changed:  # written over between the two questions: nobody took this version
        await answered(client.rename(moved_to, entry.path))
        raise
    for sidecar in sidecars:
        await _renamed(client, sidecar.path, moved_to + sidecar.path.removeprefix(entry.path))


async def _renamed(client: SFTPClient, path: bytes, target: bytes) -> bytes:
    """The free name that it got; plain renaming does not write over."""
    folder, _, name = target.rpartition(b"/")
    stem, dot, ending = name.rpartition(b".") if b"." in name.lstrip(b".") else (name, b"", b"")
    for number in range(1, _MOST_OF_A_NAME):
        free = target if number == 1 else folder + b"/" + stem + f"~{number}".encode() + dot + ending
        if await answered(client.lexists(free)):
            continue
        try:
            await answered(client.rename(path, free))
        except asyncssh.SFTPError:
            if await answered(client.lexists(free)):  # another took the name meanwhile
                continue
            raise
        return free
    raise asyncssh.SFTPFailure("")


async def _make_folders(client: SFTPClient, folder: bytes) -> None:
    if await answered(client.isdir(folder)):
        return
    above = folder.rpartition(b"/")[0]
    if above:
        await _make_folders(client, above)
    await answered(client.mkdir(folder))
