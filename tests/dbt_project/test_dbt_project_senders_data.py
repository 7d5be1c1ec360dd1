"""What senders may send past every check and would end a build: each test of their data tells it with its submission,
row and field, and a build without it stands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.dbt_world import FIRST, World, build, certificate, record, training_class
from warehouse.store.data_root import Root

JANUARY = dt.date(2026, 1, 5)
TESTS = (
    "amounts_are_bounded",
    "codes_are_listed",
    "keys_are_there",
    "received_is_accepted_and_held",
    "rows_have_a_place",
)
PARTS = (
    "staging",
    "dim_code",
    "dim_occupation",
    "dim_industry_cluster",
    "dim_special_action",
    "dim_district",
    "dim_department",
    "dim_target",
)
Told = set[tuple[str, str, int | None, str]]


def directory_entry(**columns: Any) -> dict[str, Any]:
    return {
        "uscc": FIRST,
        "name": "甲",
        "entity_type": "1",
        "valid_from": dt.date(2025, 1, 1),
        "district": "440305",
        "status": "1",
    } | columns


def forecast(**columns: Any) -> dict[str, Any]:
    return {"report_year": 2026, "dept": "HRSS", "occupation_name": "养老护理员", "demand": 5} | columns


def total(value: int, metric: str = "T01") -> dict[str, Any]:
    return {"metric_id": metric, "value_period": value, "value_cum": value, "unit": "人次"}


def fill(world: World) -> Told:
    """One sound row each and, behind it, what fails; what the tests are to tell of it."""
    told: Told = set()

    def submit(dataset: str, unit: str, name: str, rows: list[dict[str, Any]], **failing: str) -> str:
        """`failing`: test → field of the rows from the second on, in their order."""
        submission_id = world.submit(dataset, unit, name, rows)
        for test, fields in failing.items():
            for index, column in enumerate(fields.split(), 2):
                if column != "-":
                    told.add((test, submission_id, index, column))
        return submission_id

    submit(
        "institution_directory",
        "EDU",
        "2025-12",
        [
            directory_entry(),
            directory_entry(uscc=None, name="无编号"),
            directory_entry(uscc="U2", valid_from=None),
            directory_entry(uscc="U3", status=None),
            directory_entry(uscc="U4", district="440399"),
        ],
        keys_are_there="institution_uscc valid_from_date status_code -",
        codes_are_listed="- - - district_key",
    )
    submit(
        "training_class",
        "CAB",
        "2026-01",
        [
            training_class("sound", JANUARY),
            training_class("gone", JANUARY, occupation_code="9-99-99-99"),
            training_class("dept", JANUARY, competent_dept="XYZ"),
            training_class("venue", JANUARY, venue_district="440399"),
            training_class("action", JANUARY, special_action="77"),
            training_class("endless", JANUARY, end_date=None),
            training_class("long", JANUARY, planned_hours=10**10),
        ],
        codes_are_listed="occupation_code competent_department_code venue_district_key special_action_code - -",
        keys_are_there="- - - - end_date -",
        amounts_are_bounded="- - - - - planned_hours",
    )
    submit(
        "training_record",
        "CAB",
        "2026-01",
        [
            record("sound", "P1"),
            record("sound", "P2", industry_cluster="99"),
            record("sound", "P3", education="20"),
            record("sound", "P4", education="1"),
        ],
        codes_are_listed="industry_cluster_code - education_code",
    )
    submit(
        "certificate",
        "HRSS",
        "2026-01",
        [certificate("c1", "P1"), certificate("c2", "P2", issue_date=None)],
        keys_are_there="issue_date",
    )
    submit(
        "demand_forecast",
        "HRSS",
        "2026",
        [forecast(), forecast(report_year=None), forecast(occupation_name=None)],
        keys_are_there="report_year occupation_name",
    )
    submit(
        "aggregate_summary",
        "JUS",
        "2026-01",
        [total(3), total(99_999_999_999_999, "T04"), total(10**9, "T05")],
        amounts_are_bounded="period_value period_value",
    )
    return told


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Told]:
    filled = World(Root(tmp_path_factory.mktemp("senders_data")))
    return filled, fill(filled)


def stored(root: Root) -> Told:
    with duckdb.connect(str(root.database), read_only=True) as con:
        return {
            (test, *row)
            for test in TESTS
            for row in con.execute(f"select submission_id, row_index, field from senders_data.{test}").fetchall()
        }


def test_each_is_told_with_its_row_and_held_back_the_build_stands(world: tuple[World, Told], tmp_path: Path) -> None:
    filled, told = world
    lost = filled.submit("training_record", "HEA", "2026-01", [record("sound", "P3"), record("sound", "P4")])
    before = filled.submit("enforcement_case", "HRSS", "2025-Q4", [])
    twice = filled.submit("enforcement_case", "HRSS", "2025-Q4", [])
    filled.submissions[-1]["received_rows"] = 7
    filled.submissions[-3]["accepted_rows"] = filled.submissions[-3]["received_rows"] = 3
    expected = told | {
        ("received_is_accepted_and_held", lost, None, "accepted_rows"),
        ("received_is_accepted_and_held", twice, None, "received_rows"),
    }
    filled.write()
    build(filled.root, tmp_path, "--select", *PARTS, "path:tests/senders_data")
    assert stored(filled.root) == expected

    for _, submission_id, row_index, _ in expected:
        filled.hold_back(submission_id, row_index)
    filled.write()
    build(filled.root, tmp_path, "--exclude-resource-type", "unit_test")
    assert stored(filled.root) == set()
    with duckdb.connect(str(filled.root.database), read_only=True) as con:
        assert con.execute("select class_key from marts.dim_class").fetchall() == [("sound",)]
        current = con.execute("select submission_id from marts.fct_submission where standing = 'standing'").fetchall()
        assert (before,) in current
        assert (twice,) not in current
        assert con.execute(
            "select accepted_rows, held_back_rows, fact_rows from marts.rpt_row_reconciliation "
            "where dataset = 'training_class'"
        ).fetchall() == [(7, 6, 1)]
