"""An SFTP server on loopback over a folder, with a host key and a password that it makes up.

Each department has a folder, each of its feeds one below. Ends at what the server holds.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncssh

from demo.servers import Sent
from ingest.feed import Feed

_USER = "skills"


class Server:
    """See `demo.servers.Server`."""

    def __init__(self) -> None:
        self._folder = Path()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listening: asyncssh.SSHAcceptor
        self._connections: list[asyncssh.SSHServerConnection] = []
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")

    def start(self, folder: Path) -> None:
        self._folder = folder
        self._files.mkdir()
        self._password.touch(0o600)
        self._password.write_text(secrets.token_urlsafe(24))
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="sftp server", daemon=True).start()
        self._listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def connection(self) -> dict[str, Any]:
        return {
            "channel": "sftp",
            "host": "127.0.0.1",
            "port": self._listening.get_port(),
            "user": _USER,
            "password": {"file": str(self._password)},
            "host_key": self._host_key.get_fingerprint(),
        }

    def place(self, feed: Feed, files: Sequence[Sent]) -> dict[str, Any]:
        path = f"{feed.department}/{feed.dataset}"
        (self._files / path).mkdir(parents=True)
        for file in files:
            target = self._files / path / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            file.path.rename(target)
        return {"path": path}

    def arrivals(self) -> Mapping[str, dt.datetime]:
        return {}

    def stop(self) -> None:
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._loop = None

    @property
    def _files(self) -> Path:
        return self._folder / "files"

    @property
    def _password(self) -> Path:
        return self._folder / "password"

    async def _end(self) -> None:
        self._listening.close()
        for connection in self._connections:
            connection.abort()
            await connection.wait_closed()

    async def _listen(self) -> asyncssh.SSHAcceptor:
        password, connections = self._password.read_text(), self._connections

        class Login(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                connections.append(conn)

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, told: str) -> bool:
                return username == _USER and secrets.compare_digest(told, password)

        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Login,
            server_host_keys=[self._host_key],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(self._files).encode()),
        )
