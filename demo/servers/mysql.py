"""A MariaDB server on loopback, with a reader who needs a password that it makes up.

What its tables hold is `demo.exchange_tables`, the process `demo.mariadb`. Ends at the server.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo import exchange_tables
from demo.mariadb import MariaDB, is_installed
from demo.servers import Missing, Sent
from ingest.feed import Feed

if TYPE_CHECKING:
    from sqlalchemy import Engine

_READER, _DATABASE = "skills_reader", "exchange"


class Server:
    """See `demo.servers.Server`."""

    def __init__(self) -> None:
        self._folder = Path()
        self._running: MariaDB | None = None
        self._engine: Engine | None = None
        self._arrivals: dict[str, dt.datetime] = {}

    def start(self, folder: Path) -> None:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        if not is_installed():
            raise Missing("The demo's MySQL server needs MariaDB: install Debian's package mariadb-server.")
        self._folder = folder
        self._password.touch(0o600)
        self._password.write_text(secrets.token_urlsafe(24))
        self._running = MariaDB(folder)
        self._running.start()
        with self._running.administrator() as connection, connection.cursor() as cursor:
            cursor.execute(f"create database {_DATABASE}")
            cursor.execute(f"create user {_READER} identified by '{self._password.read_text()}'")
            cursor.execute(f"grant select on {_DATABASE}.* to {_READER}")
        url = f"mysql+pymysql://root@/{_DATABASE}?unix_socket={self._running.socket}"
        self._engine = create_engine(url, poolclass=NullPool)

    def connection(self) -> dict[str, Any]:
        assert self._running is not None
        return {
            "channel": "database",
            "url": f"mysql://{_READER}@127.0.0.1:{self._running.port}/{_DATABASE}",
            "password": {"file": str(self._password)},
            "tls": "off",
        }

    def place(self, feed: Feed, files: Sequence[Sent]) -> dict[str, Any]:
        assert self._engine is not None
        place, arrivals = exchange_tables.load(self._engine, feed, files)
        self._arrivals |= arrivals
        return place

    def arrivals(self) -> Mapping[str, dt.datetime]:
        return self._arrivals

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None

    @property
    def _password(self) -> Path:
        return self._folder / "password"
