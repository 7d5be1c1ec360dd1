"""A publication made again: what differs is named, and what cannot be made again says why. The building itself is
tested end to end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import history_tables
from orchestration.pipeline import publication_rebuild
from tests.warehouse.published import NOW, A, publish, row
from warehouse.published import publication
from warehouse.published.publication import DATABASE, Publication
from warehouse.store import keys
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

TABLES = 4


@pytest.fixture
def root(tmp_path: Path) -> Root:
    data_root = Root(tmp_path / "data").make()
    keys.make_key(data_root)
    return data_root


@pytest.fixture
def published(root: Root) -> Publication:
    return publish(root, [row("T09", A, 1), row("T09", A, 2)], {("T09", "behind"): 2})


def again(root: Root) -> Publication:
    """The same tables made once more from the same build."""
    return publication.make(root, root.work / "again", [], NOW.date(), {}, NOW)


def change(changed: Publication, sql: str) -> None:
    file = changed.folder / DATABASE
    file.chmod(0o644)
    with duckdb.connect(str(file)) as con:
        con.execute(sql)


def test_the_same_is_equal(root: Root, published: Publication) -> None:
    comparison = publication_rebuild._compare(published, again(root))
    assert (comparison.is_equal, comparison.tables, comparison.register) == (True, TABLES, [])
    assert "4 Parquet files byte-equal, 4 DuckDB tables equal" in history_tables.compared(comparison)


PART = "parts.fct_target_contribution__2026_01"


@pytest.mark.parametrize(
    ("table", "sql"),
    [
        ("fct_target_contribution", f"update {PART} set amount = 3 where row_index = 1"),
        ("fct_target_contribution", "comment on column fct_target_contribution.amount is 'x'"),
        ("dim_target", "alter table dim_target rename column title to name"),
        # The same rows in another order are another checksum.
        (
            "fct_target_contribution",
            f"create table x as from {PART} order by row_index desc; drop table {PART}; "
            f"create table {PART} as from x; drop table x",
        ),
        ("dim_target", "drop table dim_target"),
    ],
)
def test_a_table_that_differs_is_named(root: Root, published: Publication, table: str, sql: str) -> None:
    change(published, sql)
    comparison = publication_rebuild._compare(published, again(root))
    assert (comparison.is_equal, comparison.parquet, comparison.database) == (False, [], [table])
    assert f"is not the same. DuckDB: {table}." in history_tables.compared(comparison)


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"x")])
def test_a_parquet_file_that_differs_is_named(
    root: Root, published: Publication, harm: Callable[[Path], object]
) -> None:
    file = published.folder / "parquet" / "dim_target.parquet"
    file.chmod(0o644)
    harm(file)
    comparison = publication_rebuild._compare(published, again(root))
    assert (comparison.is_equal, comparison.parquet, comparison.database) == (False, ["parquet/dim_target.parquet"], [])


def test_other_rows_differ_in_both(root: Root, published: Publication) -> None:
    with duckdb.connect(str(root.database)) as con:
        con.execute("delete from marts.fct_target_contribution where row_index = 2")
        con.execute("drop schema if exists survey cascade")
    comparison = publication_rebuild._compare(published, again(root))
    assert comparison.parquet == ["parquet/fct_target_contribution/2026-01.parquet"]
    assert comparison.database == ["fct_target_contribution"]


def test_one_whose_files_were_pruned_is_compared_with_its_manifest(root: Root, published: Publication) -> None:
    rebuilt = again(root)
    for path in [path for path in published.folder.rglob("*") if path.is_file() and path.name != publication.MANIFEST]:
        path.unlink()
    comparison = publication_rebuild._compare_told(published, rebuilt)
    assert (comparison.is_equal, comparison.tables, comparison.register) == (True, TABLES, [])
    with duckdb.connect(str(root.database)) as con:
        con.execute("delete from marts.fct_target_contribution where row_index = 2")
        con.execute("drop schema if exists survey cascade")
    comparison = publication_rebuild._compare_told(published, again(root))
    assert comparison.parquet == ["parquet/fct_target_contribution/2026-01.parquet"]
    assert comparison.database == ["fct_target_contribution"]


def test_other_versions_are_one_sentence(root: Root, published: Publication) -> None:
    with pytest.raises(OperatorError, match=r"made with other versions.*rules r \(here .*reference f \(here "):
        publication_rebuild.rebuild(root, published, lambda stage: None)
    assert not (root.work / "rebuild").exists()


def test_nothing_known_then_is_one_sentence(root: Root) -> None:
    with pytest.raises(OperatorError, match="Nothing had been decided by 2026-01-01T00:00:00"):
        publication_rebuild.publish_known_at(root, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), NOW, lambda stage: None)
