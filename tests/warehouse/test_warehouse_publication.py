"""Publications: immutable, switched at once, nothing published when nothing changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from warehouse import publication
from warehouse.errors import OperatorError
from warehouse.paths import Root

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
VERSIONS = {"rules": "r", "reference": "f", "program": "p", "key_id": "k"}


def build(root: Root, value: int) -> None:
    with duckdb.connect(str(root.database)) as con:
        con.execute("create schema if not exists marts; create schema if not exists staging")
        con.execute("create or replace table staging.stg_x as select 1 as secret")
        con.execute(f"create or replace table marts.fct_x as select unnest([3, 1, 2]) as n, {value} as value")
        con.execute("comment on column marts.fct_x.n is '序号'")


def publish(root: Root) -> tuple[publication.Publication, bool]:
    return publication.publish(root, [], NOW.date(), VERSIONS, NOW)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def test_marts_only_ordered_and_documented(root: Root) -> None:
    build(root, 7)
    current, is_new = publish(root)
    assert is_new
    with current.connect() as con:
        assert con.execute("from fct_x").fetchall() == [(1, 7), (2, 7), (3, 7)]
        assert con.execute("select comment from duckdb_columns() where column_name = 'n'").fetchall() == [("序号",)]
        assert [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()] == ["fct_x"]
    parquet = current.folder / "parquet" / "fct_x.parquet"
    assert duckdb.sql(f"select count(*) from '{parquet}'").fetchall() == [(3,)]


def test_the_same_build_publishes_nothing(root: Root) -> None:
    build(root, 7)
    first, _ = publish(root)
    again, is_new = publish(root)
    assert not is_new
    assert again.publication_id == first.publication_id
    assert len([path for path in root.published.iterdir() if not path.is_symlink()]) == 1


def test_an_old_publication_stays_and_can_be_current_again(root: Root) -> None:
    build(root, 7)
    first, _ = publish(root)
    build(root, 8)
    second, is_new = publish(root)
    assert is_new
    assert second.publication_id != first.publication_id
    with first.connect() as con:
        assert con.execute("select distinct value from fct_x").fetchall() == [(7,)]
    build(root, 7)
    third, _ = publish(root)
    assert third.publication_id == first.publication_id
    assert publication.open_current(root).publication_id == first.publication_id


def test_a_reader_keeps_reading_while_another_is_published(root: Root) -> None:
    build(root, 7)
    publish(root)
    with duckdb.connect(str(root.current / publication.DATABASE), read_only=True) as reader:
        build(root, 8)
        publish(root)
        assert reader.execute("select distinct value from fct_x").fetchall() == [(7,)]


def test_what_is_added_is_published_with_the_rest_or_nothing_is(root: Root) -> None:
    def add(one: publication.Publication) -> None:
        with one.connect() as con:
            (one.folder / "page.txt").write_text(str(con.execute("select sum(n) from fct_x").fetchall()), "utf-8")

    def fail(_: publication.Publication) -> None:
        raise ZeroDivisionError

    build(root, 7)
    first, _ = publication.publish(root, [], NOW.date(), VERSIONS, NOW, add)
    page = root.current / "page.txt"
    assert page.read_text("utf-8") == "[(6,)]"
    assert page.stat().st_mode & 0o222 == 0
    build(root, 8)
    with pytest.raises(ZeroDivisionError):
        publication.publish(root, [], NOW.date(), VERSIONS, NOW, fail)
    assert publication.open_current(root).publication_id == first.publication_id


def test_nothing_published_is_one_sentence(root: Root) -> None:
    with pytest.raises(OperatorError, match="skills run first"):
        publication.open_current(root)


def test_a_past_publication_is_opened_by_its_id(root: Root) -> None:
    build(root, 1)
    first, _ = publish(root)
    build(root, 2)
    publish(root)
    assert publication.open_publication(root, first.publication_id) == first
    with pytest.raises(OperatorError, match="There is no publication 2026-01-01-none"):
        publication.open_publication(root, "2026-01-01-none")
