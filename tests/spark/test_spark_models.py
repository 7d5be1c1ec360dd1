"""All models, data tests and unit tests on Spark, and every table row for row as DuckDB builds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt_project.dbt_world import World
from tests.dbt_project.test_dbt_project_any_rows import any_world
from tests.dbt_project.test_dbt_project_build import fill
from tests.spark.engines import GOOD, build_both, compared
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
    assert {name.split(".")[0] for name in by_spark} >= {"model", "test", "unit_test"}
    assert by_spark.keys() - by_duckdb.keys() <= {"operation.skills_warehouse.skills_warehouse-on-run-start-0"}
    assert by_duckdb.keys() <= by_spark.keys()
    assert set(by_spark.values()) == GOOD


def test_every_mart_is_equal_row_for_row(built: Built) -> None:
    assert compared(built[0], "marts") == dict.fromkeys(marts(), "equal")


def test_marts_of_any_rows_are_equal_row_for_row(tmp_path: Path) -> None:
    root = Root(tmp_path / "data")
    any_world(root, 12).write()
    build_both(root, tmp_path, "--exclude-resource-type", "unit_test")
    assert compared(root, "marts") == dict.fromkeys(marts(), "equal")
