"""What stands without Spark: what is said where it is missing, and how its tables become the root's database."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline import spark
from tests.warehouse import marts_world
from warehouse.published.publication import DATABASE
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.mart import marts


def test_a_missing_spark_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "_NEEDED", ("no_such_module.inside",))
    with pytest.raises(OperatorError, match="not installed here: install this program with its extra"):
        spark.refuse_missing()


def test_a_missing_java_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(spark, "_NEEDED", ())
    for environment in ({"PATH": str(tmp_path)}, {"PATH": "/usr/bin", "JAVA_HOME": str(tmp_path)}):
        with pytest.raises(OperatorError, match="needs Java 17"):
            spark.refuse_missing(environment)


@pytest.fixture
def left(tmp_path: Path) -> tuple[Root, Path]:
    """A root in which Spark left all marts but one, and the DuckDB file that holds the same rows."""
    root = Root(tmp_path / "data")
    publication = marts_world.publication(tmp_path / "publication", seed=3)
    root.work.mkdir(parents=True)
    with publication.connect() as con:
        for name in sorted(marts().keys() - {"rpt_department"}):
            folder = spark.tables(root) / "marts" / name
            folder.mkdir(parents=True)
            for part in (1, 0):  # in the wrong order
                con.execute(f"copy (from {name} where rowid % 2 = {part}) to '{folder}/part-{1 - part}.parquet'")
    stored = spark.tables(root) / "senders_data" / "keys_are_there"
    stored.mkdir(parents=True)
    duckdb.sql("select 'x' as submission_id, 3 as row_index").write_parquet(str(stored / "part-0.parquet"))
    return root, publication.folder / DATABASE


def test_what_spark_left_becomes_the_database_of_the_root(left: tuple[Root, Path]) -> None:
    root, database = left
    spark.lay_database(root, {"keys_are_there": "senders_data.keys_are_there"})
    with duckdb.connect(str(root.database)) as con:
        con.execute(f"attach '{database}' as sent (read_only)")
        laid = con.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        assert {name for (name,) in laid} == marts().keys() - {"rpt_department"}
        for (name,) in laid:
            key = ", ".join(marts()[name].primary_key)
            assert con.execute(f"describe marts.{name}").fetchall() == con.execute(f"describe sent.{name}").fetchall()
            assert (
                con.execute(f"from marts.{name}").fetchall()
                == con.execute(f"from sent.{name} order by {key}").fetchall()
            )
        assert con.execute("from senders_data.keys_are_there").fetchall() == [("x", 3)]


def test_a_mart_keeps_its_descriptions(left: tuple[Root, Path]) -> None:
    root, _ = left
    spark.lay_database(root, {})
    described = """
        select table_name, null as column_name, comment from duckdb_tables() where schema_name = 'marts'
        union all
        select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'
    """
    with duckdb.connect(str(root.database), read_only=True) as con:
        comments = con.execute(described).fetchall()
    assert len(comments) > 500
    for table, column, comment in comments:
        mart = marts()[table]
        assert comment == (mart.descriptions[column] if column else mart.description)


def test_what_an_earlier_build_left_is_no_part_of_it(left: tuple[Root, Path]) -> None:
    root, _ = left
    duckdb.connect(str(root.database)).execute("create table old as select 1").close()
    spark.lay_database(root, {})
    with duckdb.connect(str(root.database), read_only=True) as con:
        assert con.execute("select count(*) from duckdb_tables() where table_name = 'old'").fetchall() == [(0,)]
