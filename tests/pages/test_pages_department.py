"""A department's page: what it says of its grid, its submissions, its files, its exceptions."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from pages.gather.acceptance_trend import monthly_acceptance
from pages.gather.department import DepartmentFacts
from pages.gather.grid import totals
from pages.gather.low_quality import LowQuality
from pages.gather.tasks import TASK_KINDS
from pages.render.department import TASK_TITLES, department_files, department_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page


def page(department: str, **facts: Any) -> str:
    return department_page(DepartmentFacts(department, samples.AS_OF, **facts))


def test_many_periods_of_one_task_are_folded_with_their_sum() -> None:
    rows = [
        samples.grid_row(
            period=f"2026-{month:02d}",
            due_date=dt.date(2026, month + 1, 10),
            held_rows=month,
            outcome="partly_accepted",
        )
        for month in (6, 7, 8, 9)
    ]
    text = Page(page("CAB", grid=rows)).text
    assert "4 期\uff0c共 30 条\uff0c最近 2026年9月" in text


def test_rows_of_an_old_version_are_not_added_to_those_of_the_new_one() -> None:
    grid = samples.grid(departments=("CAB",))
    rows = samples.submissions(grid)
    old = rows[0] | {"standing": "superseded", "represents_key": False, "submission_id": "CAB-old"}
    read = Page(page("CAB", grid=grid, submissions=[*rows, old]))
    assert f"{totals(rows).accepted:,}" in read.text
    assert "已被替换" in read.text


def test_the_page_covers_district_units_and_links_to_their_reports() -> None:
    grid = samples.grid(departments=("HRSS",))
    rows = samples.submissions(grid)
    read = Page(page("HRSS", grid=grid, submissions=rows, rules=samples.top_rules()))
    assert not read.mistakes
    assert "南山区" in read.text
    reports = {f"../{row['unit_code']}/{row['submission_id']}.html" for row in rows}
    assert reports <= set(read.addresses())
    assert all(address.startswith(("../", "#")) for address in read.addresses())


def test_unrecognised_files_are_named_with_the_reason() -> None:
    hostile = samples.deliveries()[0] | {"file_name": "<b>440301199001011234</b>.xlsx"}
    read = Page(page("CAB", unrecognised=[hostile]))
    assert "<b>44**************34</b>.xlsx" in read.text
    assert "文件名和内容都看不出" in read.text


def test_a_department_that_sent_nothing_has_a_page() -> None:
    read = Page(page("SAC"))
    assert "还没有收到报送" in read.text
    assert "无待办事项" in read.text
    assert not read.mistakes


def test_how_it_fares_and_what_was_decided_is_shown() -> None:
    grid = samples.grid(departments=("CAB",))
    rows = samples.submissions(grid)
    read = Page(
        page(
            "CAB",
            grid=grid,
            submissions=rows,
            monthly_acceptance=monthly_acceptance(rows),
            answers={"open_warnings": 7, "explained": 2, "fixed": 5, "days_to_fix": 2.5},
            exceptions=[
                {
                    "exception_id": "EX-1",
                    "rule": "TR001",
                    "rows": 5,
                    "until": "2026-12-31",
                    "reason": "440301199001011234",
                    "approved_by": "李**",
                    "used": 3,
                }
            ],
        )
    )
    for word in (
        "另有 7 处须核对",
        "已说明 2 处",
        "已更正 5 处",
        "2.5 天",
        "同月各部门的中位数",
        "EX-1",
        "李**",
        "已放行",
    ):
        assert word in read.text
    assert "440301199001011234" not in read.text
    assert not read.mistakes


def test_every_kind_of_task_has_a_title_most_urgent_first() -> None:
    assert tuple(TASK_TITLES) == TASK_KINDS


def test_beside_the_page_lie_its_facts_and_its_grid() -> None:
    rows = samples.grid(departments=("CAB",))
    files = department_files(DepartmentFacts("CAB", samples.AS_OF, grid=rows))
    assert files.keys() == {"CAB/index.html", "CAB/index.json", "CAB/index.csv"}
    assert [row["period"] for row in json.loads(files["CAB/index.json"])["grid"]] == [row["period"] for row in rows]


def test_an_institution_of_low_quality_is_a_dated_task_of_its_department_alone() -> None:
    low = LowQuality(
        institution="9144030000000000A1",
        name="甲职业培训学校",
        training="employment",
        index=0.6512,
        median=0.8901,
        peers=23,
        persons=64,
        first_month=dt.date(2025, 9, 1),
        last_day=dt.date(2026, 8, 31),
        judged=samples.AS_OF - dt.timedelta(days=40),
        until=samples.AS_OF - dt.timedelta(days=1),
    )
    read = Page(page("CAB", low_quality=[low]))
    assert not read.mistakes
    for told in ("甲职业培训学校", "就业技能培训", "0.6512", "0.8901（23 个机构）", "已过答复期限", "不对外公布"):
        assert told in read.text
    assert "质效偏低" not in Page(page("CAB")).text
