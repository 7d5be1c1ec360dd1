"""A target that counts rows of a dataset there is costs rows in three reference tables and nothing else."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations import recount
from expectations.rules.aggregate_summary import AS005_unit_fits_metric
from tests.dbt_project.dbt_world import FIRST, World, build, record, training_class
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference
from warehouse.vocabulary.project import REFERENCE

NEW_TARGET: dict[str, Mapping[str, str]] = {
    "targets": {
        "id": "T20",
        "title": "网络与新业态从业人员培训",
        "unit": "人次",
        "reported_units": "人次",
        "comparator": ">=",
        "threshold": "4",
    },
    "target_definitions": {
        "target_id": "T20",
        "reading": "main",
        "source": "training_record + training_class",
        "measure": "events",
        "window_kind": "annual",
        "clock": "days",
        "opening": "added",
    },
    "target_rules": {
        "target_id": "T20",
        "reading": "main",
        "part": "14",
        "dataset": "training_record",
        "all_of": "completed=true;programs=14",
        "none_of": "person_category=10",
        "event_date": "completion_date;end_date",
    },
}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the reference tables with the new target's rows."""
    folder = tmp_path / "reference"
    shutil.copytree(REFERENCE, folder)
    for name, row in NEW_TARGET.items():
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        assert row.keys() <= set(columns)
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, columns, lineterminator="\n").writerow(row)
    return folder


def test_the_marts_show_its_progress(tmp_path: Path, tables: Path) -> None:
    world = World(Root(tmp_path / "root").make())
    day = dt.date(2026, 1, 5)
    world.submit(
        "institution_directory",
        "EDU",
        "2025-12",
        [
            {
                "uscc": FIRST,
                "name": "甲",
                "entity_type": "1",
                "valid_from": dt.date(2025, 1, 1),
                "district": "440305",
                "status": "1",
            }
        ],
    )
    classes = [
        training_class("riders", day, programs="14", occupation_code=None),
        training_class("care", day, programs="06"),
    ]
    world.submit("training_class", "CAB", "2026-01", classes)
    records = [
        record("riders", "ann"),
        record("riders", "bob"),
        record("riders", "cat", person_category="07;10"),
        record("riders", "dan", completed=False),
        record("care", "ann"),
    ]
    world.submit("training_record", "CAB", "2026-01", records)
    totals = [{"report_period": "2025-10", "dept": "CAB", "metric_id": "T20", "value_cum": 7}]
    world.submit("aggregate_summary", "CAB", "2025-10", totals)
    world.expect("training_record", "CAB", "2026-01", dt.date(2026, 2, 10))
    world.write()
    (tmp_path / "dbt").mkdir()
    build(world.root, tmp_path / "dbt", "--exclude-resource-type", "unit_test", reference=tables)
    with duckdb.connect(str(world.root.database), read_only=True) as con:
        progress = con.execute("""
            select period, actual, opening_balance, threshold, unit, status from marts.rpt_target_progress
            where target_id = 'T20' order by period
        """).fetchall()
        parts = con.execute("""
            select period, code, code_name, actual from marts.rpt_target_breakdown
            where target_id = 'T20' and breakdown = 'part' order by period
        """).fetchall()
    assert progress == [
        ("2025", Decimal(7), Decimal(7), Decimal(4), "人次", "done"),
        ("2026", Decimal(2), Decimal(0), Decimal(4), "人次", "ahead"),
        ("2027", None, Decimal(0), Decimal(4), "人次", "not_due"),
    ]
    assert parts == [
        ("2025", "undivided", "未分项", Decimal(7)),
        ("2026", "14", "网络与新业态从业人员培训", Decimal(2)),
    ]


@pytest.fixture
def _installed(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "REFERENCE", tables)
    monkeypatch.setattr(reference, "table", reference.table.__wrapped__)
    monkeypatch.setattr(reference, "codes", reference.codes.__wrapped__)


@pytest.mark.usefixtures("_installed")
def test_it_is_a_metric_and_has_its_unit() -> None:
    assert reference.codes("metric")["T20"] == "网络与新业态从业人员培训"
    with duckdb.connect() as con:
        units = dict(
            con.execute(
                f"select metric_id, {AS005_unit_fits_metric.unit_of_metric()} "
                "from (values ('T20'), ('T05'), ('Q07')) as total (metric_id)"
            ).fetchall()
        )
    assert units == {"T20": "人次", "T05": "人/名", "Q07": None}


@pytest.mark.usefixtures("_installed")
def test_totals_of_it_are_compared_with_the_rows() -> None:
    condition = recount.conditions("training_record")["T20"]
    assert {"class_id", "completed", "person_category"} <= set(recount.columns("training_record"))
    with duckdb.connect() as con:
        con.execute("""
            create table class as select * from (values ('riders', '11;14'), ('care', '06'), ('none', null))
            as class (class_id, programs)
        """)
        counted = con.execute(f"""
            select name, {condition}
            from (values
                ('in', 'riders', true, '07'), ('left', 'riders', false, '07'), ('excluded', 'riders', true, '07;10'),
                ('other', 'care', true, '07'), ('without', 'none', true, '07'), ('unknown', 'never', true, '07')
            ) as row (name, class_id, completed, person_category)
            left join class using (class_id)
        """).fetchall()
    assert dict(counted) == {
        "in": True,
        "left": False,
        "excluded": False,
        "other": False,
        "without": False,
        "unknown": None,
    }
