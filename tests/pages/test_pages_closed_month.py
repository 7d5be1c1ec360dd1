"""A department's page shows what it had done in closed months, what moved since, and why."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from pages.gather.department import DepartmentFacts
from pages.render.department import department_files
from tests.pages import report_samples as samples
from tests.pages.report_html import Page

TITLE = "关账月份完成数"


def figure(target: str, closed: int | None, now: int | None, state: str, **columns: Any) -> dict[str, Any]:
    return {
        "month_date": dt.date(2026, 1, 1),
        "target_id": target,
        "period": "2026",
        "closed_actual": None if closed is None else Decimal(closed),
        "actual": None if now is None else Decimal(now),
        "figure_state": state,
        "revision_reason": None,
        "later_submissions": None,
        "newest_submission_id": None,
    } | columns


def files(*figures: dict[str, Any]) -> dict[str, str]:
    rows = samples.submissions(samples.grid(departments=("CAB",)))
    return department_files(DepartmentFacts("CAB", samples.AS_OF, submissions=rows, closed_figures=figures))


def test_each_figure_is_shown_as_closed_and_as_now_with_what_moved_it() -> None:
    sent = samples.submissions(samples.grid(departments=("CAB",)))[0]["submission_id"]
    told = {"revision_reason": "replacement", "later_submissions": 2, "newest_submission_id": sent}
    written = files(
        figure("T09", 12, 12, "closed"),
        figure("T02", 12, 1015, "revised", **told),
        figure("T03", 4, 0, "revised", revision_reason="no_submission", later_submissions=0),
        figure("T13", 1, 2, "revised", **told | {"newest_submission_id": "HRSS-competition-2026-01-0"}),
        figure("T04", None, 7, "withheld"),
    )
    read = Page(written["CAB/index.html"])
    assert not read.mistakes
    assert TITLE in read.text
    assert "1212与关账时一致" in read.text
    assert "121,015修订整份重报，关账后共 2 份，最近一份" in read.text
    assert "40修订本部门无新报送，由规则或代码表调整、报送撤下或与其他单位重复引起" in read.text
    assert "12修订整份重报，关账后共 2 份\n" in read.text  # no link to what another department sent
    assert "不公布7不公布，不比较" in read.text
    assert [row["target_id"] for row in json.loads(written["CAB/index.json"])["closed_months"]][:2] == ["T09", "T02"]


def test_while_no_month_is_closed_nothing_is_said_of_closed_months() -> None:
    assert TITLE not in files()["CAB/index.html"]
