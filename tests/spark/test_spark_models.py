"""All models, data tests and unit tests on Spark, and every table row for row as DuckDB builds it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline.dbt import Dbt
from orchestration.pipeline.spark import Spark
from tests.dbt_project.dbt_world import World
from tests.dbt_project.test_dbt_project_any_rows import any_world
from tests.dbt_project.test_dbt_project_build import fill
from tests.spark.engines import GOOD, KINDS, build_both, compared
from warehouse.store.data_root import Root
from warehouse.vocabulary.mart import marts

pytestmark = pytest.mark.spark

Built = tuple[Root, dict[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("engines")
    root = Root(folder / "data")
    fill(World(root))
    return root, *build_both(root, folder)


def test_every_model_test_and_unit_test_of_duckdb_passes_on_spark(built: Built) -> None:
    _, by_duckdb, by_spark = built
    assert all(any(name.startswith(kind) for name in by_spark) for kind in KINDS)
    assert by_spark.keys() == by_duckdb.keys()
    assert set(by_spark.values()) == GOOD


def test_every_mart_is_equal_row_for_row(built: Built) -> None:
    root = built[0]
    assert compared(root.database, root, "marts") == dict.fromkeys(marts(), "equal")


def test_marts_of_any_rows_and_what_is_wrong_with_these_are_equal(tmp_path: Path) -> None:
    root = Root(tmp_path / "data")
    world = any_world(root, 12)
    world.submit("subsidy_payment", "HRSS", "2026-02", [{"payment_id": "too much", "amount": 10**12}])
    world.write()
    by_duckdb = Dbt(root).build()
    database = root.database.rename(tmp_path / "by_duckdb.duckdb")
    by_spark = Spark(root, "local[*]").build()
    assert by_spark.failed == by_duckdb.failed == {}
    assert by_spark.models.keys() == by_duckdb.models.keys()
    assert by_spark.stored.keys() == by_duckdb.stored.keys() == {"amounts_are_bounded"}
    assert compared(database, root, "marts") == dict.fromkeys(marts(), "equal")
    wrong = compared(database, root, "senders_data")
    assert {name: wrong[name] for name in by_duckdb.stored} == dict.fromkeys(by_duckdb.stored, "equal")
    with duckdb.connect(str(root.database), read_only=True) as con:
        laid = con.execute("select table_name from duckdb_tables() where schema_name = 'senders_data'").fetchall()
    assert {name for (name,) in laid} == by_spark.stored.keys()
