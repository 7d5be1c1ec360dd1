from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pages.render.acceptance_trend import shares
from pages.render.department import department_page, punctuality, signed, tasks, totals, upcoming
from tests.pages import report_samples as samples
from tests.pages.report_html import Page

DUE = dt.date(2026, 12, 10)


def cell(**changes: Any) -> dict[str, Any]:
    return {
        "department_code": "CAB",
        "unit_code": "CAB",
        "dataset": "training_record",
        "period": "2026-10",
        "due_date": dt.date(2026, 11, 10),
        "state": "on_time",
        "outcome": "accepted",
        "submission_id": "CAB-a",
        "received_rows": 10,
        "accepted_rows": 10,
        "held_rows": 0,
        "is_nothing_to_report": False,
    } | changes


NOTHING = {
    "outcome": None,
    "submission_id": None,
    "received_rows": None,
    "accepted_rows": None,
    "held_rows": None,
    "is_nothing_to_report": None,
}


def test_tasks_are_what_can_be_done_now_most_urgent_first() -> None:
    rows = [
        cell(),
        cell(period="2026-09", outcome="partly_accepted", held_rows=3, accepted_rows=7),
        cell(period="2026-08", state="missing", **NOTHING),
        cell(period="2026-07", outcome="rejected", held_rows=10, accepted_rows=0),
        cell(period="2026-10", dataset="certificate", due_date=DUE, state="not_due", **NOTHING),
        cell(period="2026-11", dataset="competition", due_date=DUE, state="not_due", **NOTHING),
    ]
    found = [(task.kind, task.rows[0]["period"]) for task in tasks(rows, samples.AS_OF)]
    assert found == [("returned", "2026-07"), ("missing", "2026-08"), ("correct", "2026-09"), ("due", "2026-10")]


def test_periods_of_one_unit_and_dataset_are_one_task() -> None:
    rows = [
        cell(period=f"2026-{month:02d}", due_date=dt.date(2026, month + 1, 10), held_rows=1, outcome="partly_accepted")
        for month in (9, 8)
    ]
    (task,) = tasks(rows, samples.AS_OF)
    assert [row["period"] for row in task.rows] == ["2026-08", "2026-09"]


def test_many_periods_of_one_task_are_folded_with_their_sum() -> None:
    rows = [
        cell(
            period=f"2026-{month:02d}",
            due_date=dt.date(2026, month + 1, 10),
            held_rows=month,
            outcome="partly_accepted",
        )
        for month in (6, 7, 8, 9)
    ]
    text = Page(department_page("CAB", samples.AS_OF, grid_rows=rows, submissions=[])).text
    assert "4 期\uff0c共 30 行\uff0c最近 2026年9月" in text


def test_rows_of_an_old_version_are_not_added_to_those_of_the_new_one() -> None:
    grid = samples.grid(departments=("CAB",))
    rows = samples.submissions(grid)
    old = rows[0] | {"is_newest": False, "is_current": False, "submission_id": "CAB-old"}
    page = Page(department_page("CAB", samples.AS_OF, grid_rows=grid, submissions=[*rows, old]))
    assert f"{totals(rows).accepted:,}" in page.text
    assert "已被替换" in page.text


def test_the_page_covers_district_units_and_links_to_their_reports() -> None:
    grid = samples.grid(departments=("HRSS",))
    rows = samples.submissions(grid)
    page = Page(department_page("HRSS", samples.AS_OF, grid_rows=grid, submissions=rows, rules=samples.top_rules()))
    assert not page.mistakes
    assert "南山区" in page.text
    reports = {f"../{row['unit_code']}/{row['submission_id']}.html" for row in rows}
    assert reports <= set(page.addresses())
    assert all(address.startswith(("../", "#")) for address in page.addresses())


def test_unrecognised_files_are_named_with_the_reason() -> None:
    hostile = samples.deliveries()[0] | {"file_name": "<b>440301199001011234</b>.xlsx"}
    page = Page(department_page("CAB", samples.AS_OF, grid_rows=[], submissions=[], unrecognised=[hostile]))
    assert "<b>44**************34</b>.xlsx" in page.text
    assert "文件名和内容都看不出" in page.text


def test_a_department_that_sent_nothing_has_a_page() -> None:
    page = Page(department_page("SAC", samples.AS_OF, grid_rows=[], submissions=[]))
    assert "还没有收到报送" in page.text
    assert "没有要做的" in page.text
    assert not page.mistakes


def test_shares_are_over_what_they_are_of_and_never_above_all() -> None:
    rows = [
        cell(),
        cell(state="late"),
        cell(state="missing", **NOTHING),
        cell(state="not_due", **NOTHING),
        cell(outcome="rejected"),
    ]
    assert punctuality(rows) == "50%"
    assert punctuality([]) == "—"
    current = {"is_current": True, "confirmed_at": samples.DELIVERED}
    assert signed([current, current | {"confirmed_at": None}, current | {"is_current": False}]) == "50%"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_an_acceptance_rate_is_a_share(counts: list[tuple[int, int, int]]) -> None:
    rows = [cell(received_rows=sum(parts), accepted_rows=parts[0], held_rows=parts[1]) for parts in counts]
    shown = totals(rows).acceptance
    if shown not in ("—", "不到 0.1%"):
        assert 0 <= float(shown.rstrip("%")) <= 100
        assert (shown == "100%") == (sum(held for _, held, _ in counts) == 0)


def test_the_next_days_are_named_with_what_is_due() -> None:
    rows = [
        cell(state="not_due", due_date=day, dataset=dataset, **NOTHING)
        for day, dataset in (
            (dt.date(2026, 12, 10), "training_class"),
            (dt.date(2026, 12, 10), "certificate"),
            (dt.date(2026, 12, 10), "certificate"),
            (dt.date(2026, 11, 30), "competition"),
            (dt.date(2027, 6, 30), "wage_guidance"),
        )
    ] + [cell(state="not_due", due_date=DUE)]
    assert [(due.day, due.datasets) for due in upcoming(rows, samples.AS_OF)] == [
        (dt.date(2026, 11, 30), (("competition", 1),)),
        (dt.date(2026, 12, 10), (("certificate", 2), ("training_class", 1))),
    ]


def test_how_it_fares_and_what_was_decided_is_shown() -> None:
    grid = samples.grid(departments=("CAB",))
    rows = samples.submissions(grid)
    page = Page(
        department_page(
            "CAB",
            samples.AS_OF,
            grid,
            rows,
            shares=shares(rows),
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
        assert word in page.text
    assert "440301199001011234" not in page.text
    assert not page.mistakes
