"""What the bureau decided holds from its day on: for a row by its own date, for the build by the as-of day."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.dbt_world import FIRST, World, build, record, training_class
from warehouse.store.data_root import Root
from warehouse.vocabulary.project import REFERENCE

CHANGES = (
    "headline_funding_code,2026-03-01,,08,自筹资金,test",
    "headline_funding_code,,2026-02-28,99,其他资金,test",
    "smallest_published_total,2026-12-01,,2,公布的最小人数,test",
)


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """The reference tables with a policy that changes in 2026."""
    folder = tmp_path / "reference"
    shutil.copytree(REFERENCE, folder)
    lines = (folder / "policy.csv").read_text("utf-8").splitlines()
    dated = [line.replace("total,,,5", "total,,2026-11-30,5") for line in lines]
    (folder / "policy.csv").write_text("\n".join((*dated, *CHANGES)) + "\n", "utf-8")
    return folder


def world_of(root: Root, as_of: dt.date) -> World:
    """Two persons in each of four classes: funds 08 and 99, before and after the change; of category 06 are two."""
    world = World(root.make(), as_of)
    listed = {"name": "甲", "entity_type": "1", "valid_from": dt.date(2025, 1, 1), "district": "440305", "status": "1"}
    world.submit("institution_directory", "EDU", "2025-12", [{"uscc": FIRST, **listed}])
    starts = {"before": dt.date(2026, 1, 5), "after": dt.date(2026, 3, 2)}
    for number, (moment, start) in enumerate(starts.items()):
        period = f"{start:%Y-%m}"
        funds = ("08", "99")
        classes = [training_class(f"{moment}-{fund}", start, funding_source=fund) for fund in funds]
        world.submit("training_class", "CAB", period, classes)
        category = {"08": "07", "99": "07" if moment == "before" else "06"}
        rows = [
            record(f"{moment}-{fund}", f"person{number}{fund}{at}", person_category=category[fund])
            for fund in funds
            for at in range(2)
        ]
        world.submit("training_record", "CAB", period, rows)
    world.write()
    return world


def built(tmp_path: Path, reference: Path, as_of: dt.date) -> duckdb.DuckDBPyConnection:
    world = world_of(Root(tmp_path / f"{as_of}"), as_of)
    (tmp_path / f"dbt-{as_of}").mkdir()
    nothing_tested = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    selected = ("--select", "+int_class", "+rpt_participation_category")
    build(world.root, tmp_path / f"dbt-{as_of}", *selected, *nothing_tested, reference=reference)
    return duckdb.connect(str(world.root.database), read_only=True)


@pytest.mark.parametrize(("as_of", "shown"), [(dt.date(2026, 11, 30), None), (dt.date(2026, 12, 1), 2)])
def test_rows_by_their_own_date_and_the_build_by_its_day(
    tmp_path: Path, reference: Path, as_of: dt.date, shown: int | None
) -> None:
    with built(tmp_path, reference, as_of) as con:
        headline = dict(con.execute("select class_id, is_headline_funded from intermediate.int_class").fetchall())
        categories = con.execute(
            "select category_code, participations from marts.rpt_participation_category order by 1"
        ).fetchall()
    assert headline == {"before-08": False, "before-99": True, "after-08": True, "after-99": False}
    assert categories == [("06", shown), ("07", 6)]
