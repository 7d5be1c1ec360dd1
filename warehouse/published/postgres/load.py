"""Loads a publication into a PostgreSQL database in one transaction and swaps it in as schema `skills`.

The schema that stood there becomes `skills_previous`, the one before goes. Whatever ends the load early, wrong rights
or a killed process, leaves the database as it was.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Composed, Identifier, Literal

from warehouse.published.postgres import access, city, table
from warehouse.published.publication import Publication
from warehouse.vocabulary import policy
from warehouse.vocabulary.errors import Busy, OperatorError

SCHEMA, PREVIOUS = "skills", "skills_previous"
APPLICATION = "skills publish"
_MARK = "Skills Warehouse "
_PIECE = 1 << 20
_CONNECT_SECONDS = 10
_SETTINGS = (
    "set local timezone to 'UTC'",
    "set local client_encoding to 'UTF8'",
    "set local maintenance_work_mem to '256MB'",
    "set local lock_timeout to '30s'",
)


@dataclass(frozen=True)
class Loaded:
    """What was loaded, and where to."""

    publication_id: str
    place: str
    tables: int
    rows: int
    seconds: float
    is_found_by_name: bool
    """Whether whoever connects finds the tables without naming their schema."""


def load(publication: Publication, address: str) -> Loaded:
    """Loads all tables of the publication; `OperatorError` says in one sentence what hinders it.

    Args:
        address: `postgresql://user@host:port/database`; what it leaves out libpq takes from its own places.
    """
    begun = time.perf_counter()
    with _connected(address) as con, publication.connect() as source:
        place = f"{con.info.dbname} on {con.info.host}"
        with _explained(con, place), con.transaction():
            rows = _load(con, source, publication)
            is_found_by_name = _lead_to_schema(con)
    return Loaded(
        publication.publication_id,
        place,
        len(publication.manifest["tables"]),
        rows,
        time.perf_counter() - begun,
        is_found_by_name,
    )


def _lead_to_schema(con: psycopg.Connection) -> bool:
    """Puts the schema first where the database's sessions look for tables, before what an administrator set there;
    false where the database is another's, who may do the same."""
    told = con.execute(
        "select substring(setting from 13) from pg_db_role_setting, unnest(setconfig) as setting "
        "where setdatabase = (select oid from pg_database where datname = current_database()) and setrole = 0 "
        "and setting like 'search_path=%'"
    ).fetchall()
    path = [part.strip() for part in (told[0][0] if told else "public").split(",")]
    if SCHEMA in path:
        return True
    names = SQL(", ").join(Identifier(part.strip('"')) for part in (SCHEMA, *path))
    try:
        with con.transaction():
            con.execute(SQL("alter database {} set search_path to {}").format(Identifier(con.info.dbname), names))
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def _connected(address: str) -> psycopg.Connection:
    if not address.startswith(("postgresql://", "postgres://")):
        raise OperatorError("--to takes local or an address like postgresql://user@host:5432/database.")
    try:
        parts = conninfo_to_dict(address)
        return psycopg.connect(
            address,
            autocommit=True,
            application_name=APPLICATION,
            connect_timeout=int(parts.get("connect_timeout") or _CONNECT_SECONDS),
        )
    except psycopg.ProgrammingError:
        raise OperatorError(
            "The address after --to is not one that PostgreSQL understands: write it like "
            "postgresql://user@host:5432/database."
        ) from None
    except psycopg.OperationalError as error:
        raise OperatorError(
            f"PostgreSQL cannot be reached ({_line(error)}): check the address, that the server runs, "
            "and user and password."
        ) from None


@contextlib.contextmanager
def _explained(con: psycopg.Connection, place: str) -> Iterator[None]:
    """Errors of the database as one sentence. By then the transaction is rolled back."""
    kept = f"Schema {SCHEMA} in {place} is as it was."
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise OperatorError(
            f"User {con.info.user} lacks a right ({_line(error)}): let it create schemas in the database, own those "
            f"of earlier loads, and create the roles that are missing. {kept}"
        ) from None
    except psycopg.errors.LockNotAvailable:
        raise OperatorError(f"Someone still reads {PREVIOUS}: end that session and publish again. {kept}") from None
    except psycopg.Error as error:
        if con.closed:
            raise OperatorError(f"The connection ended before all was loaded: publish again. {kept}") from None
        raise OperatorError(f"PostgreSQL refused the load ({_line(error)}). {kept}") from None


def _line(error: psycopg.Error) -> str:
    text = error.diag.message_primary or (str(error).strip().splitlines() or [type(error).__name__])[0]
    return text.rstrip(".")


def _run(con: psycopg.Connection, statements: Iterable[Composed]) -> None:
    """One round trip for all of them."""
    text = SQL(";\n").join(statements)
    if text.as_string(con):
        con.execute(text)


def _load(con: psycopg.Connection, source: duckdb.DuckDBPyConnection, publication: Publication) -> int:
    for setting in _SETTINGS:
        con.execute(setting)
    if not con.execute("select pg_try_advisory_xact_lock(hashtext(%s))", [APPLICATION]).fetchall()[0][0]:
        raise Busy("Another load into this database is under way: wait until it has ended.")
    standing = _standing(con)
    tables = table.published_tables(publication, source)
    departments = [
        code for (code,) in source.execute("select department_code from dim_department order by 1").fetchall()
    ]
    schema = f"{SCHEMA}_{publication.publication_id}"
    _make_roles(con, departments)
    _run(
        con,
        (
            SQL("create schema {}").format(Identifier(schema)),
            SQL("comment on schema {} is {}").format(
                Identifier(schema), Literal(f"{_MARK}{publication.publication_id}")
            ),
            SQL("set local search_path to {}").format(Identifier(schema)),
        ),
    )
    rows = 0
    for published_table in tables:
        con.execute(table.definition(published_table))
        rows += _copy(con, source, published_table.mart.name)
        _run(
            con,
            (
                *table.keys(published_table),
                *table.descriptions(published_table),
                SQL("analyze {}").format(Identifier(published_table.mart.name)),
            ),
        )
    for published_table in tables:
        _run(con, (*table.links(published_table), *access.on_table(published_table.mart, departments)))
    smallest = policy.number("smallest_published_total", dt.date.fromisoformat(publication.manifest["as_of_date"]))
    _run(con, city.views([access.BI, access.SUPERVISION, access.CITY], int(smallest)))
    _run(con, access.on_schema(schema, departments))
    _swap(con, schema, standing, publication.publication_id)
    return rows


def _standing(con: psycopg.Connection) -> dict[str, str]:
    """Of `skills` and `skills_previous` those that stand, with their publication; a stranger's is not touched."""
    commented_schemas = con.execute(
        "select nspname, coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace where nspname = any(%s)",
        [[SCHEMA, PREVIOUS]],
    ).fetchall()
    for name, comment in commented_schemas:
        if not comment.startswith(_MARK):
            raise OperatorError(f"Schema {name} was not made by skills publish: rename it or take another database.")
    return {name: comment.removeprefix(_MARK) for name, comment in commented_schemas}


def _make_roles(con: psycopg.Connection, departments: list[str]) -> None:
    present = [name for (name,) in con.execute("select rolname from pg_roles").fetchall()]
    members = con.execute("select roleid::regrole::text, member::regrole::text from pg_auth_members").fetchall()
    _run(con, access.missing_roles(access.role_names(departments), present))
    _run(con, access.memberships(departments, members))


def _copy(con: psycopg.Connection, source: duckdb.DuckDBPyConnection, name: str) -> int:
    """Streams a table from DuckDB into COPY; gives its rows."""
    into = SQL("copy {} from stdin (format csv, freeze)").format(Identifier(name))
    with con.cursor() as cursor:
        with cursor.copy(into) as copy, contextlib.closing(_csv(source, name)) as pieces:
            for piece in pieces:
                copy.write(piece)
        return cursor.rowcount


def _csv(source: duckdb.DuckDBPyConnection, name: str) -> Generator[bytes]:
    """A table as CSV in pieces, as DuckDB's own thread writes it. An empty text is quoted, null is not."""
    reading, writing = os.pipe()

    def write() -> None:
        try:
            source.cursor().execute(
                f"copy {name} to '/dev/fd/{writing}' (format csv, header false, nullstr '', use_tmp_file false)"
            )
        finally:
            os.close(writing)

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        try:
            while piece := os.read(reading, _PIECE):
                yield piece
            written.result()  # what stopped DuckDB stops the load
        finally:
            os.close(reading)  # first, as DuckDB may still wait to write


def _swap(con: psycopg.Connection, schema: str, standing: dict[str, str], publication_id: str) -> None:
    """The same publication loaded again takes its own place and leaves the previous one."""
    current = Identifier(SCHEMA)
    if standing.get(SCHEMA) == publication_id:
        con.execute(SQL("drop schema {} cascade").format(current))
    elif SCHEMA in standing:
        if PREVIOUS in standing:
            con.execute(SQL("drop schema {} cascade").format(Identifier(PREVIOUS)))
        con.execute(SQL("alter schema {} rename to {}").format(current, Identifier(PREVIOUS)))
    con.execute(SQL("alter schema {} rename to {}").format(Identifier(schema), current))
