"""Ten models by both engines, from sources to marts: the port as a whole is `test_spark_models`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt_project.dbt_world import World
from tests.dbt_project.test_dbt_project_build import fill
from tests.spark.engines import GOOD, build_both, compared
from warehouse.store.data_root import Root

pytestmark = pytest.mark.spark

MODELS = (
    "stg_institution_directory",
    "stg_department",
    "stg_run",
    "stg_submission",
    "int_directory_entry",
    "int_directory_status",
    "dim_institution",
    "dim_institution_status",
    "dim_date",
    "fct_submission",
)


def test_ten_models_are_equal_by_both_engines(tmp_path: Path) -> None:
    root = Root(tmp_path / "data")
    fill(World(root))
    by_duckdb, by_spark = build_both(root, tmp_path, "--select", *MODELS, "--exclude-resource-type", "unit_test")
    assert {name.split(".")[2] for name in by_spark if name.startswith("model.")} == set(MODELS)
    assert by_spark.keys() == by_duckdb.keys()
    assert set(by_spark.values()) == GOOD
    marts = compared(root.database, root, "marts")
    assert marts == dict.fromkeys((name for name in MODELS if name.startswith(("dim_", "fct_"))), "equal")
