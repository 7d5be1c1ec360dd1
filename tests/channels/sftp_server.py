"""An SFTP server that does as it is told, right or wrong, and counts what it is asked for."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh import SFTPAttrs, SFTPName

USER, PASSWORD = "skills", "correct horse battery"


@dataclass
class Faults:
    """What the server does wrong from now on. `cut_reads_at`: offsets, each of which cuts the connection once;
    `cut_lists_of`: names of folders; `read_seconds`: before each answer to a read; `shown`: what a folder shows in
    place of what is there; `between_reads`: called before each read of a file, which is named."""

    cut_reads_at: list[int] = field(default_factory=list)
    cuts_every_read: bool = False
    cut_lists_of: set[bytes] = field(default_factory=set)
    read_seconds: float = 0.0
    refuses_moves: bool = False
    shown: Callable[[list[SFTPName]], list[SFTPName]] = lambda names: names
    between_reads: Callable[[], None] = lambda: None


@dataclass
class SftpServer:
    """`asked` counts requests by kind; `read_from` holds the offsets of reads."""

    folder: Path
    faults: Faults = field(default_factory=Faults)
    asked: Counter[str] = field(default_factory=Counter)
    read_from: list[int] = field(default_factory=list)
    authorized_key: str = ""
    port: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: list[asyncssh.SSHServerConnection] = []
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def start(self) -> SftpServer:
        self._acceptor = self._wait(self._listening())
        self.port = self._acceptor.get_port()
        return self

    def stop(self) -> None:
        """Cuts every connection; may be started again, on the same port."""

        async def stop() -> None:
            if self._acceptor:
                self._acceptor.close()
            for connection in self._connections:
                connection.abort()
            self._connections.clear()

        self._wait(stop())

    def connection(self, **settings: Any) -> dict[str, Any]:
        return {
            "channel": "sftp",
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "password": "${SFTP_PASSWORD}",
            "host_key": self.host_key.get_fingerprint(),
            **settings,
        }

    def _wait(self, asked: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result(10)

    async def _listening(self) -> asyncssh.SSHAcceptor:
        server = self

        class Login(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                server._connections.append(conn)
                server.asked["connect"] += 1
                self._connection = conn

            def begin_auth(self, username: str) -> bool:
                if server.authorized_key:
                    self._connection.set_authorized_keys(asyncssh.import_authorized_keys(server.authorized_key))
                return True

            def password_auth_supported(self) -> bool:
                return not server.authorized_key

            def validate_password(self, username: str, password: str) -> bool:
                server.asked["login"] += 1
                return (username, password) == (USER, PASSWORD)

        return await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=Login,
            server_host_keys=[self.host_key],
            sftp_factory=lambda channel: _Files(channel, self),
            reuse_address=True,
        )


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], server: SftpServer) -> None:
        super().__init__(channel, chroot=os.fsencode(server.folder))
        self._server = server

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        faults = self._server.faults
        self._server.asked["list"] += 1
        if path.rpartition(b"/")[2] in faults.cut_lists_of:
            self._cut()
        names = [name async for name in super().scandir(path)]
        for name in faults.shown(names):
            yield name

    def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        self._server.asked["open"] += 1
        return super().open(path, pflags, attrs)

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        faults = self._server.faults
        self._server.read_from.append(offset)
        faults.between_reads()
        if faults.cuts_every_read or any(offset >= place for place in faults.cut_reads_at):
            faults.cut_reads_at = [place for place in faults.cut_reads_at if offset < place]
            self._cut()
        await asyncio.sleep(faults.read_seconds)
        content = super().read(file_obj, offset, size)
        self._server.asked["bytes"] += len(content)  # type: ignore[arg-type]
        return content  # type: ignore[return-value]

    def rename(self, oldpath: bytes, newpath: bytes) -> Awaitable[None] | None:
        if self._server.faults.refuses_moves:
            raise asyncssh.SFTPPermissionDenied("no")
        return super().rename(oldpath, newpath)

    def _cut(self) -> None:
        self.channel.get_connection().abort()
        raise asyncssh.SFTPConnectionLost("cut")


def with_size(names: list[SFTPName], change: int) -> list[SFTPName]:
    """The same names, of files of other sizes."""
    for name in names:
        if name.attrs.size is not None and name.filename not in (b".", b".."):
            name.attrs.size += change
    return names
