"""Several questions to one DuckDB at once: answers in order, errors heard, nothing begun after one."""

from __future__ import annotations

import threading
from contextlib import closing

import duckdb
import pytest

from warehouse.store.cursors import asked


def test_answers_come_in_the_order_of_the_questions() -> None:
    with duckdb.connect() as con:
        con.execute("create table number as select range as n from range(1000)")

        def count(cursor: duckdb.DuckDBPyConnection, below: int) -> int:
            return int(cursor.execute(f"select count(*) from number where n < {below}").fetchall()[0][0])

        assert list(asked(con, count, [900, 1, 30])) == [900, 1, 30]
        assert con.execute("select count(*) from number").fetchall() == [(1000,)]


def test_two_are_asked_at_once() -> None:
    meeting = threading.Barrier(2, timeout=60)
    with duckdb.connect() as con:
        assert list(asked(con, lambda cursor, number: meeting.wait() >= 0, range(4))) == [True] * 4


def test_an_error_is_heard_and_what_had_not_begun_is_left() -> None:
    begun: list[str] = []

    def ask(cursor: duckdb.DuckDBPyConnection, statement: str) -> None:
        begun.append(statement)
        cursor.execute(statement)

    with duckdb.connect() as con, pytest.raises(duckdb.CatalogException, match="nowhere"):
        list(asked(con, ask, ["select 1", "from nowhere", *["select 2"] * 100]))
    assert len(begun) < 100


def test_who_leaves_early_leaves_no_thread() -> None:
    with duckdb.connect() as con, closing(asked(con, lambda cursor, number: number, range(1_000))) as answers:
        assert next(answers) == 0
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("asked")]
