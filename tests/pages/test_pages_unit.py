"""The page of a district unit: its rows alone, led to from its department's, with what it can do."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pages.gather.correction_workbook import StandingWorkbooks, standing
from pages.gather.department import DepartmentFacts, of_unit
from pages.gather.sending import SendingDay
from pages.gather.sources import Sources
from pages.render.department import department_files, department_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.store.data_root import Root

UNIT = "HRSS.440305"
OTHERS = ("福田区", "大鹏新区")
GRID = samples.grid(departments=("HRSS",))
SUBMISSIONS = samples.submissions(GRID)
STRANGE = [
    samples.deliveries()[0] | {"department_code": "HRSS", "file_name": name}
    for name in ("HRSS/440305/名单.txt", "HRSS/440304/别区.txt", "HRSS/市级.txt")
]
TABLES = (
    "create table finding (submission_id varchar, rule varchar, severity varchar, message varchar, fix varchar, "
    "explanation varchar, exception_id varchar, opened_at timestamp, fixed_at timestamp)",
    "create table submission (submission_id varchar, department_code varchar, unit_code varchar, "
    "represents_key boolean)",
    "insert into submission values ('a', 'HRSS', 'HRSS.440305', true), ('b', 'HRSS', 'HRSS.440304', true)",
    "insert into finding (submission_id, rule, severity, message, fix) values "
    "('a', 'R1', 'critical', '南山的问题', '改'), ('b', 'R2', 'critical', '别区的问题', '改')",
)


def department(**changes: Any) -> DepartmentFacts:
    facts: dict[str, Any] = {
        "grid": GRID,
        "submissions": SUBMISSIONS,
        "unrecognised": STRANGE,
        "rules": samples.top_rules(),
        "sending": SendingDay(samples.AS_OF).of_unit("HRSS"),
    }
    return DepartmentFacts("HRSS", samples.AS_OF, **facts | changes)


def unit_facts(root: Path, unit: str = UNIT) -> DepartmentFacts:
    """As they are gathered from those of the department."""
    with duckdb.connect() as connection:
        for table in TABLES:
            connection.execute(table)
        return of_unit(Sources(Root(root), samples.AS_OF, [], [], str, connection, None), department(), unit)


def test_the_department_leads_to_the_page_of_each_of_its_units() -> None:
    read = Page(department_page(department()))
    units = {f"../HRSS.{district}/index.html" for district in samples.DISTRICTS}
    assert units <= set(read.addresses()) and not read.mistakes
    assert "各报送单位" in read.text and "市级部门" in read.text
    assert "各报送单位" not in Page(department_page(DepartmentFacts("CAB", samples.AS_OF))).text


def test_the_page_of_a_unit_holds_its_own_rows_alone(tmp_path: Path) -> None:
    facts = unit_facts(tmp_path)
    files = department_files(facts)
    assert files.keys() == {f"{UNIT}/index.{ending}" for ending in ("html", "json", "csv")}
    read = Page(files[f"{UNIT}/index.html"])
    assert not read.mistakes and "南山区" in read.text and "inbox/HRSS/440305/" in read.text
    assert not [name for name in OTHERS if name in read.text]
    assert "南山的问题" in read.text and "别区的问题" not in read.text
    reports = [address for address in read.addresses() if address.startswith("../HRSS")]
    assert {address.split("/")[1] for address in reports} == {UNIT, "HRSS"}
    assert [address for address in reports if address.startswith("../HRSS/")] and all(
        address.startswith((f"../{UNIT}/", "../HRSS/index.html")) for address in reports
    )
    told = json.loads(files[f"{UNIT}/index.json"])
    assert {row["unit_code"] for row in (*told["grid"], *told["submissions"])} == {UNIT}
    assert told["unit"] == UNIT and told["exceptions"] == []
    lines = list(csv.DictReader(io.StringIO(files[f"{UNIT}/index.csv"].removeprefix("\ufeff"))))
    assert {line["报送单位"] for line in lines} == {UNIT}


def test_what_fits_no_feed_is_its_units_by_the_folder_in_which_it_lay(tmp_path: Path) -> None:
    by_unit = {unit: unit_facts(tmp_path, unit) for unit in (UNIT, "HRSS.440304", "HRSS.SZ-DP")}
    names = {unit: [row["file_name"] for row in facts.unrecognised] for unit, facts in by_unit.items()}
    assert names == {UNIT: ["HRSS/440305/名单.txt"], "HRSS.440304": ["HRSS/440304/别区.txt"], "HRSS.SZ-DP": []}


def test_the_units_are_counted_with_what_is_overdue() -> None:
    held = {"outcome": "partly_accepted", "unit_code": UNIT, "department_code": "HRSS", "dataset": "certificate"}
    rows = [
        samples.grid_row(**held, held_rows=3, received_at=samples.DELIVERED),
        samples.grid_row(**held, period="2026-09", held_rows=4, received_at=dt.datetime(2026, 11, 18, 2)),
        samples.grid_row(department_code="HRSS", unit_code="HRSS", state="missing", **samples.NOTHING_CAME),
    ]
    lines = {line.unit: line for line in department(grid=rows, submissions=[]).unit_lines}
    assert (lines[UNIT].held_rows, lines[UNIT].overdue_rows, lines[UNIT].counts["missing"]) == (7, 3, 0)
    assert (lines["HRSS"].held_rows, lines["HRSS"].counts["missing"]) == (0, 1)


def refused(order: int, name: str, outcome: str, refusal: str, **changes: Any) -> dict[str, Any]:
    row = samples.submissions([samples.grid_row(outcome=outcome, submission_id=name, held_rows=0, accepted_rows=0)])[0]
    told = {
        "standing": "refused",
        "refusal": refusal,
        "represents_key": False,
        "file_name": f"{name}.xlsx",
        "withdrawn_rows": 0,
    }
    return row | told | {"delivery_order": order, "period": f"2026-{order:02d}"} | changes


def test_refused_and_unreadable_files_come_first_what_is_owed_still_before_all() -> None:
    rows = [
        refused(9, "CAB-lapsed", "accepted", "lapsed", received_at=dt.datetime(2026, 11, 19)),
        refused(8, "CAB-unreadable", "unreadable", "outcome", received_at=dt.datetime(2026, 11, 5)),
        refused(7, "CAB-returned", "rejected", "outcome", represents_key=True),
    ]
    text = Page(department_page(DepartmentFacts("CAB", samples.AS_OF, submissions=rows))).text
    assert text.index("退回和未采用的来件") < text.index("待办事项")
    order = [text.index(f"{name}.xlsx") for name in ("CAB-returned", "CAB-unreadable", "CAB-lapsed")]
    assert order == sorted(order)
    assert "本期尚无有效报送：请按报告更正后，按同一报告期重新报送（更正期限 2026年2月14日）。" in text


def test_many_files_that_were_not_taken_are_folded() -> None:
    rows = [refused(order, f"CAB-{order}", "unreadable", "outcome") for order in range(1, 10)]
    read = Page(department_page(DepartmentFacts("CAB", samples.AS_OF, submissions=rows)))
    assert "其余 4 份" in read.text and not read.mistakes


def test_a_task_leads_to_the_workbook_that_stands_and_to_its_parts() -> None:
    held = {"outcome": "partly_accepted", "submission_id": "CAB-a", "held_rows": 2, "received_at": samples.DELIVERED}
    rows = [samples.grid_row(**held)]
    page = Page(department_page(DepartmentFacts("CAB", samples.AS_OF, grid=rows, workbooks=frozenset({"CAB-a"}))))
    assert "../../corrections/CAB/CAB-a.xlsx" in page.addresses()
    assert "2 条，最迟 2026年2月14日更正，已逾期" in page.text
    cut = DepartmentFacts("CAB", samples.AS_OF, grid=rows, cut=frozenset({"CAB-a"}))
    assert "../CAB/CAB-a.html#slices" in Page(department_page(cut)).addresses()
    bare = Page(department_page(DepartmentFacts("CAB", samples.AS_OF, grid=rows)))
    assert not [address for address in bare.addresses() if "corrections" in address or "#slices" in address]


def test_only_a_workbook_that_stands_is_led_to(tmp_path: Path) -> None:
    decision, folder = samples.decision(), tmp_path / "corrections" / "CAB"
    assert standing(Root(tmp_path), [decision]) == StandingWorkbooks()
    folder.mkdir(parents=True)
    (folder / f"{decision.submission_id}.xlsx").touch()
    assert standing(Root(tmp_path), [decision]) == StandingWorkbooks(frozenset({decision.submission_id}))
    (folder / decision.submission_id).mkdir()
    assert standing(Root(tmp_path), [decision]).cut == {decision.submission_id}


@pytest.mark.parametrize(
    ("held_back_rows", "until", "said"),
    [
        (0, dt.date(2026, 11, 23), "整份2026年11月23日"),
        (3, dt.date(2026, 11, 20), "3 条2026年11月20日"),
        (0, dt.date(2026, 11, 19), "整份2026年11月19日 市局逾期未答复"),
    ],
)
def test_what_the_bureau_holds_back_is_listed_until_when_it_answers(
    held_back_rows: int, until: dt.date, said: str
) -> None:
    row = samples.grid_row(held_back_row_count=held_back_rows, held_back_answer_date=until, latest_standing="held_back")
    text = Page(department_page(DepartmentFacts("CAB", samples.AS_OF, grid=[row]))).text
    assert said in text.replace("\n", "") and ("市局逾期未答复" in text) == ("逾期" in said)
