"""Columns without which no row of a statement comes out otherwise, whatever rows stand when it is planned."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.pipeline.columns_read import columns_read


@pytest.fixture(params=["empty", "filled"])
def con(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    """Filled, `b` is the same in all rows and `c` never null, by which an optimizer might leave them out."""
    con = duckdb.connect()
    con.execute("create table t (a integer, b integer, c integer); create table u (a integer, d integer)")
    if request.param == "filled":
        con.execute("insert into t select range, 1, range from range(5000); insert into u from (values (1, 2), (2, 3))")
    return con


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("from t", {"t": "abc"}),
        ("select a from t", {"t": "a"}),
        ("select a from t where b = 1", {"t": "ab"}),
        ("select a from t where b = 7", {"t": "ab"}),
        ("select a from t where c is not null", {"t": "ac"}),
        ("select a, row_number() over (order by c) as n from t", {"t": "ac"}),
        ("select a, count(*) over (partition by b) as n from t", {"t": "ab"}),
        ("select a from t group by a having max(b) > 0", {"t": "ab"}),
        ("with x as (select * from t) select a from x union all select b from x", {"t": "ab"}),
        ("select t.a from t left join u on t.b = u.a", {"t": "ab", "u": "a"}),
        ("select a from t where exists (from u where u.d = t.c)", {"t": "ac", "u": "d"}),
        ("select x.a, y.b from t as x inner join t as y on x.a = y.c", {"t": "abc"}),
        ("select a from t order by b limit 1", {"t": "ab"}),
    ],
)
def test_columns_that_a_statement_reads(con: duckdb.DuckDBPyConnection, sql: str, read: dict[str, str]) -> None:
    (told,) = columns_read(con, [sql])
    assert told == {f"memory.main.{table}": tuple(columns) for table, columns in read.items()}


@pytest.mark.parametrize("sql", ["select count(*) from t", "select rowid from t", "select 1 from u cross join t"])
def test_of_a_table_that_is_counted_nothing_is_told(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert "memory.main.t" not in columns_read(con, [sql])[0]


def test_the_connection_plans_as_before(con: duckdb.DuckDBPyConnection) -> None:
    columns_read(con, ["from t"])
    with pytest.raises(duckdb.Error):
        columns_read(con, ["from nowhere"])
    assert con.execute("select current_setting('disabled_optimizers')").fetchall() == [("",)]
