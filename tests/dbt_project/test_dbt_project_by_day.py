"""What only the day moves is told apart from what came: over the same submissions nothing else is another.

Ends at the columns that `row_diff` names; how publications are compared is `test_warehouse_publication_diff`.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb

from tests.dbt_project.dbt_world import World, build
from tests.dbt_project.test_dbt_project_build import fill
from warehouse.published import row_diff
from warehouse.store.data_root import Root
from warehouse.vocabulary.mart import marts

DAYS = (dt.date(2026, 11, 20), dt.date(2027, 3, 10))
"""Due days, the end of a year and of checks of graduates lie between."""
MOVED = {
    "rpt_department": {"missing_submissions", "not_due_submissions"},
    "rpt_submission_grid": {"as_of_date", "state"},
    "rpt_task_progress": {"cut_off_date", "expected_share", "missing_submissions"},
}
"""What the world of this test is known to move, so that the comparison is of something."""


def test_over_the_same_submissions_only_named_columns_are_others_on_another_day(tmp_path: Path) -> None:
    root = Root(tmp_path / "data")
    world = World(root)
    fill(world)
    databases = []
    for day in DAYS:
        world.as_of = day
        world.write()
        folder = tmp_path / str(day)
        folder.mkdir()
        build(root, folder, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        databases.append(shutil.copy(root.database, folder / "skills.duckdb"))
    with duckdb.connect() as con:
        for schema, path in zip(("a", "b"), databases, strict=True):
            con.execute(f"attach '{path}' as of_{schema} (read_only)")
            con.execute(f"create schema {schema}")
            for name in marts():
                con.execute(f"create view {schema}.{name} as from of_{schema}.marts.{name}")
        told = {name: row_diff.compare(con, name, list(mart.columns), DAYS) for name, mart in marts().items()}
        unnamed = {name: rows for name, rows in told.items() if rows.is_moved}
        same_day = (DAYS[0], DAYS[0])  # then every column is compared
        moved = {name: row_diff.compare(con, name, list(marts()[name].columns), same_day).columns for name in MOVED}
    assert unnamed == {}
    assert {name: MOVED[name] & columns.keys() for name, columns in moved.items()} == MOVED
    assert told["rpt_program_quality"].by_day and told["rpt_target_progress"].by_day
