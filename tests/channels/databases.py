"""Databases of the tests: a PostgreSQL and a MariaDB server, each with a reader who may only read, and a house whose
feeds come from their tables."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from demo.mariadb import MariaDB
from ingest import connections, receive
from ingest import feed as feeds
from ingest.channels import Found, Ground, Source
from ingest.channels.database import Database
from tests.channels.relay import Relay
from tests.warehouse import pg_server
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Delivery

READER, PASSWORD, VARIABLE = "reader", "not-to-be-seen", "SKILLS_TEST_DATABASE"
FEED = "FIN/subsidy_payment"
COLUMNS = ("payment_id", "project_name", "amount", "pay_date")


@dataclass
class Server:
    """A database with an administrator's `engine`, and `url` by which the reader comes, over the relay."""

    engine: Engine
    url: str
    relay: Relay
    name: str

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def fill(self, rows: Sequence[tuple[object, ...]], table: str = "payments") -> None:
        """Rows of period, id, name, amount, day, and the moment of the last change."""
        marks = ", ".join(["%s"] * len(rows[0]))
        with self.engine.begin() as connection:
            connection.exec_driver_sql(f"insert into {table} values ({marks})", list(rows))


def rows(period: str, count: int, changed: str = "2026-02-05 10:00:00", first: int = 1) -> list[tuple[object, ...]]:
    return [
        (period, number, f"培训补贴{number}", f"{number}.50", "2026-01-15", changed)
        for number in range(first, first + count)
    ]


@contextmanager
def postgresql() -> Iterator[Server]:
    """One for all tests of a module; the reader needs a password, over a relay or not."""
    with pg_server.server() as running:
        url = make_url(running.get_uri()).set(drivername="postgresql+psycopg", password=None)
        folder = str(url.query["host"])
        with create_engine(url, poolclass=NullPool).begin() as connection:
            connection.exec_driver_sql(f"create role {READER} login password '{PASSWORD}'")
            data = Path(str(connection.exec_driver_sql("show hba_file").scalar()))
            data.write_text(f"local all {READER} scram-sha-256\n" + data.read_text("utf-8"), "utf-8")
            connection.exec_driver_sql("select pg_reload_conf()")
        relay = Relay(f"{folder}/.s.PGSQL.5432")
        database = make_url(pg_server.database(running)).database
        engine = create_engine(url.set(database=database), poolclass=NullPool)
        reader = f"postgresql://{READER}@127.0.0.1:{relay.port}/{database}"
        yield Server(engine, reader, relay, "postgresql")
        relay.close()


@contextmanager
def mariadb(folder: Path, *arguments: str) -> Iterator[Server]:
    running = MariaDB(folder, arguments)
    running.start()
    relay = Relay(running.port)
    try:
        with running.administrator() as connection, connection.cursor() as cursor:
            cursor.execute("create database exchange")
            cursor.execute(f"create user {READER} identified by '{PASSWORD}'")
        url = make_url(f"mysql+pymysql://root@/exchange?unix_socket={running.socket}")
        reader = f"mysql://{READER}@127.0.0.1:{relay.port}/exchange"
        yield Server(create_engine(url, poolclass=NullPool), reader, relay, "mariadb")
    finally:
        relay.close()
        running.stop()


def fresh(server: Server) -> None:
    """The table of payments, empty, which the reader may select from."""
    server.relay.times = 0
    moment = "timestamp(6)" if server.name == "postgresql" else "datetime(6)"
    server.run(
        "drop table if exists payments",
        "create table payments (period varchar(20), payment_id bigint, project_name varchar(4000), "
        f"amount decimal(14, 2), pay_date date, changed_at {moment} null)",
        f"grant select on payments to {READER}",
    )


@dataclass
class House:
    """A root whose FIN subsidies come from a table, and whose CAB records lie in the drop folder."""

    root: Root
    server: Server
    place: dict[str, Any] = field(
        default_factory=lambda: {
            "table": "payments",
            "period": "period",
            "watermark": "changed_at",
            "order": ["payment_id"],
        }
    )
    settings: dict[str, Any] = field(default_factory=dict)
    now: dt.datetime = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)

    def connect(self) -> connections.Connections:
        os.environ[VARIABLE] = PASSWORD
        told = {
            "connections": {
                "finance": {
                    "channel": "database",
                    "url": self.server.url,
                    "password": f"${{{VARIABLE}}}",
                    "tls": "off",
                    **self.settings,
                }
            },
            "feeds": {FEED: {"connection": "finance", **self.place}},
        }
        path = self.root.path / "connections.yaml"
        path.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
        os.environ["SKILLS_CONNECTIONS"] = str(path)
        return connections.load(path)

    @contextmanager
    def channel(self) -> Iterator[tuple[Database, Source]]:
        known = self.connect()
        department, _, dataset = FEED.partition("/")
        channel = known.connect("finance", Ground(self.root.inbox, self.root.work, 0))
        try:
            yield channel, known.of_feed(feeds.find(department, dataset))  # type: ignore[misc]
        finally:
            channel.close()

    def contents(self) -> dict[str, bytes]:
        """Every file that a look shows, by its name."""
        with self.channel() as (channel, source):
            return {file.name: content(file) for file in channel.files(source, {})}

    def pull(self) -> list[Delivery]:
        """A run an hour later."""
        self.connect()
        self.now += dt.timedelta(hours=1)
        look = receive.look(self.root, now=self.now)
        try:
            taken = receive.receive(self.root, feeds.feeds(), now=self.now, channel=look)
            return taken + receive.receive_unrecognised(self.root, now=self.now, channel=look)
        finally:
            look.close()

    def ledger(self) -> pull_log.Pull:
        return pull_log.newest(self.root)[f"finance/{FEED}"]


def content(file: Found) -> bytes:
    with file.open() as stream:
        return stream.read()


@contextmanager
def statements(says: Callable[[str], bool]) -> Iterator[list[str]]:
    """Those that are sent meanwhile, of every engine, without those that set up a session."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if says(statement):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
