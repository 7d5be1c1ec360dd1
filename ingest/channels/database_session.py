"""One read-only snapshot of a department's database: safe, bounded in time and the same everywhere.

PostgreSQL and MySQL or MariaDB are known by name; any other engine that SQLAlchemy has a dialect for is read at its
strictest isolation, with its time limits in its URL. What is asked is `database_groups`. Ends at a connection in a
transaction.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ingest.channels import database_faults
from warehouse.vocabulary import clock
from warehouse.vocabulary.secret import Secret

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

CONNECT_SECONDS = 5
SILENCE_SECONDS = 30
"""Beyond what a statement may take."""
_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_ISOLATIONS = ("SNAPSHOT", "REPEATABLE READ", "SERIALIZABLE")
"""One snapshot for all statements of a transaction; the first that an engine has."""


@dataclass(frozen=True)
class Settings:
    """`url` as SQLAlchemy writes it, without the password: `postgresql://user@host:5432/database`,
    `mysql://user@host/database`. `tls`: empty is `verified` for PostgreSQL and MySQL; other engines have it in their
    URL. `encoding`: of texts that a MySQL server holds in columns declared latin1, as old systems do with GB18030."""

    url: str
    password: Secret | None = None
    tls: Literal["verified", "unverified", "off"] | None = None
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    statement_seconds: int = 300
    encoding: str = field(default="")

    def __post_init__(self) -> None:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            url = make_url(self.url)
        except ArgumentError:
            raise ValueError("url must be like postgresql://user@host:5432/database") from None
        if url.password is not None:
            raise ValueError("url must not hold the password: write it as password: ${NAME} or {file: path}")
        if (self.tls or self.ca or self.certificate) and url.get_backend_name() not in _DRIVERS:
            raise ValueError("tls, ca and certificate are known of PostgreSQL and MySQL; others have them in their url")
        if self.encoding and url.get_backend_name() not in ("mysql", "mariadb"):
            raise ValueError("encoding is known of MySQL and MariaDB alone")
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key go together")
        if self.statement_seconds < 1:
            raise ValueError("statement_seconds must be 1 or more")


def engine(settings: Settings) -> Engine:
    """Nothing is reached for yet. Each transaction has a connection of its own; the password is revealed as it is made
    and stands in no address."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import make_url
    from sqlalchemy.pool import NullPool

    url = make_url(settings.url)
    name = url.get_backend_name()
    if "+" not in url.drivername and name in _DRIVERS:
        url = url.set(drivername=_DRIVERS[name])
    arguments = _arguments(settings, name, is_local="unix_socket" in url.query)
    new = create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)

    @event.listens_for(new, "do_connect")
    def _with_password(dialect: Any, record: Any, args: Any, parameters: dict[str, Any]) -> None:
        if settings.password is not None:
            parameters["password"] = settings.password.reveal()

    @event.listens_for(new, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        if new.driver == "psycopg":
            _read_all_dates(connection)
        if settings.encoding:
            connection.query("set names latin1")
            connection.encoding = settings.encoding

    return new


def _arguments(settings: Settings, name: str, *, is_local: bool) -> dict[str, Any]:
    if name == "postgresql":
        return {
            "connect_timeout": CONNECT_SECONDS,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 4,
            "tcp_user_timeout": SILENCE_SECONDS * 1000,
            **_libpq_tls(settings),
        }
    if name in ("mysql", "mariadb"):
        tls: dict[str, Any] = (
            {"ssl_disabled": True} if settings.tls == "off" or is_local else {"ssl": _tls_context(settings)}
        )
        return {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": settings.statement_seconds + SILENCE_SECONDS,
            "write_timeout": SILENCE_SECONDS,
            "charset": "utf8mb4",
            "local_infile": False,
            **tls,
        }
    return {}


def _libpq_tls(settings: Settings) -> dict[str, str]:
    mode = {"off": "disable", "unverified": "require"}.get(settings.tls or "", "verify-full")
    trusted = settings.ca or ssl.get_default_verify_paths().cafile or "system"
    files = {"sslcert": settings.certificate, "sslkey": settings.key}
    told = {name: str(path) for name, path in files.items() if path}
    if mode == "verify-full":
        told["sslrootcert"] = str(trusted)
    return {"sslmode": mode, **told}


def _tls_context(settings: Settings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca)
    if settings.tls == "unverified":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if settings.certificate and settings.key:
        context.load_cert_chain(settings.certificate, settings.key)
    return context


def _read_all_dates(connection: Any) -> None:
    """Infinity and years before Christ come as text: a row with one must be judged, and not stop all others."""
    from psycopg import DataError
    from psycopg.types import datetime as loaders

    def lenient(loader: Any) -> Any:
        class Lenient(loader):  # type: ignore[misc]
            def load(self, data: Any) -> Any:
                try:
                    return super().load(data)
                except DataError:
                    return bytes(data).decode()

        return Lenient

    for name, loader in (
        ("date", loaders.DateLoader),
        ("timestamp", loaders.TimestampLoader),
        ("timestamptz", loaders.TimestamptzLoader),
    ):
        connection.adapters.register_loader(name, lenient(loader))


class Silence:
    """Cuts a connection on which nothing came for so many seconds, where its driver would wait for ever."""

    def __init__(self, number: int, seconds: float) -> None:
        self._socket = socket.socket(fileno=os.dup(number))
        self._seconds = seconds
        self._last = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def broken(self) -> None:
        """Something came."""
        self._last = time.monotonic()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _watch(self) -> None:
        while not self._over.wait(min(1.0, self._seconds / 4)):
            if time.monotonic() - self._last > self._seconds:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
                return


@dataclass
class Snapshot:
    """A transaction that sees what was committed when it began, and can write nothing."""

    connection: Connection
    silence: Silence | None = None

    def heard(self) -> None:
        if self.silence is not None:
            self.silence.broken()


@contextmanager
def snapshot(engine: Engine, settings: Settings, silence_seconds: float) -> Iterator[Snapshot]:
    """Raises `Unreachable`. What goes wrong on it later is for `database_faults.of_query`."""
    with database_faults.of_login(engine.url.username or ""):
        connection = engine.connect()
    driver = connection.connection.driver_connection
    silence = None
    try:
        if engine.driver == "psycopg":
            silence = Silence(driver.fileno(), silence_seconds)  # type: ignore[union-attr]
        with database_faults.of_query():
            _begin(connection, settings)
        yield Snapshot(connection, silence)
    finally:
        if silence is not None:
            silence.close()
        _leave(connection, driver)


def _leave(connection: Connection, driver: Any) -> None:
    """Not in good order: PyMySQL would first read all rows that nobody wants any more."""
    result = getattr(driver, "_result", None)
    if result is not None:
        result.unbuffered_active = False
    if not connection.invalidated:
        connection.invalidate()
    connection.close()


def _begin(connection: Connection, settings: Settings) -> None:
    from sqlalchemy import text

    name = connection.engine.url.get_backend_name()
    if name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.execute(
            text(
                "select set_config('statement_timeout', :milliseconds, false), set_config('TimeZone', :zone, false), "
                "set_config('DateStyle', 'ISO, YMD', false), set_config('extra_float_digits', '1', false)"
            ),
            {"milliseconds": str(settings.statement_seconds * 1000), "zone": clock.TIME_ZONE},
        )
    elif name in ("mysql", "mariadb"):
        is_mariadb = getattr(connection.dialect, "is_mariadb", False)
        limit = "max_statement_time" if is_mariadb else "max_execution_time"
        seconds = settings.statement_seconds * (1 if is_mariadb else 1000)
        offset = f"{clock.now():%z}"
        connection.exec_driver_sql(f"set session time_zone = '{offset[:3]}:{offset[3:]}', session {limit} = {seconds}")
        connection.exec_driver_sql("set session transaction isolation level repeatable read")
        connection.exec_driver_sql("start transaction with consistent snapshot, read only")
    else:
        known = connection.dialect.get_isolation_level_values(connection.connection.dbapi_connection)  # type: ignore[arg-type]
        level = next((level for level in _ISOLATIONS if level in known), None)
        if level is not None:
            connection.execution_options(isolation_level=level)
