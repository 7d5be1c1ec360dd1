"""Tasks and ranks equal an independent recount of the demo's truth; a month closed and moved afterwards is revised."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.tasks import DOCUMENT
from tests.e2e.harness import AS_OF, Skills
from tests.e2e.recount import Truth
from tests.e2e.task_recount import SOURCES, Key, Line, lines
from warehouse.published import publication, publication_diff
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference

DAY = dt.date.fromisoformat(AS_OF)


def told(root: Root) -> dict[Key, dict[Any, Any]]:
    """Each line of the published table, null where it says nothing."""
    with publication.open_current(root).connect() as con:
        rows = con.execute("from rpt_task_progress").df().astype(object)
    return {
        (row["target_id"], row["period"], row["task_split"], row["task_unit_code"]): row
        for row in rows.where(rows.notna(), None).to_dict("records")
    }


def judge(root: Root, as_of: dt.date) -> set[Key]:
    """Every line is as it is recounted: what is done, its share and rank, and what is hidden. The lines with a task."""
    counted, shown = lines(Truth(root, as_of)), told(root)
    assert shown.keys() == counted.keys()
    plan = {row["id"]: Decimal(row["threshold"]) for row in reference.table("targets")}
    splits: dict[tuple[str, ...], dict[Key, Line]] = defaultdict(dict)
    for key, line in counted.items():
        row = shown[key]
        assert (row["done"], row["held_in_district"]) == (line.done, line.held), key
        assert row["missing_submissions"] == line.missing, key
        assert (row["task_quantity"], row["task_version"]) == (line.quantity, line.version), key
        assert row["task_document"] == (DOCUMENT if line.quantity else None), key
        assert row["task_share"] == (None if line.share is None else math.floor(line.share * 1_000_000) / 1_000_000)
        if line.quantity:
            splits[key[:3]][key] = line
    for (target, *_), of_split in splits.items():
        ranked = [line.share for line in of_split.values() if line.share is not None and not line.missing]
        allocated = sum(line.quantity or 0 for line in of_split.values())
        for key, line in of_split.items():
            row = shown[key]
            rank = None if line.share is None or line.missing else 1 + sum(share > line.share for share in ranked)
            assert row["task_rank"] == rank, key
            assert row["allocated_quantity"] == allocated
            assert row["is_short_of_plan"] == (target != "T05" and allocated < plan[target])
    return {key for of_split in splits.values() for key in of_split}


def test_every_task_its_sum_and_its_rank_are_recounted(skills: Skills) -> None:
    judged = judge(skills.root, DAY)
    assert {target for target, _, _, _ in judged} == SOURCES.keys()
    assert {period for _, period, _, _ in judged} == {"2025-2027", "2025", "2026"}


@pytest.mark.soak
def test_a_second_version_and_what_is_hidden_are_recounted(tmp_path: Path) -> None:
    """After six months a second version of T09 begins; in a hundredth of the demo VET trained fewer than five."""
    skills = Skills(Root(tmp_path / "data"))
    skills("demo", "--months", "2025-11:2026-05", "--scale", "0.01")
    skills("run", "--as-of", "2026-06-20")
    judged = judge(skills.root, dt.date(2026, 6, 20))
    shown = told(skills.root)
    assert {shown[key]["task_version"] for key in judged if key[0] == "T09"} == {1, 2}
    assert {key for key in judged if shown[key]["done"] is None} == {("T05", "2026", "department", "VET")}


def test_the_bureau_sees_the_table_and_a_unit_its_own_line_with_what_they_rest_on(skills: Skills) -> None:
    page = (skills.root.reports / "index.html").read_text("utf-8")
    assert "各部门、各区任务进度" in page
    assert f"任务依据：{DOCUMENT}" in page
    assert "分解不足：任务合计 " in page
    assert "区级报送" in page and "在区内举办" in page
    assert "初步数据：2026年1月尚未关账" in page
    of_unit = (skills.root.reports / "HRSS.440306" / "index.html").read_text("utf-8")
    assert "本单位任务进度" in of_unit
    assert DOCUMENT in of_unit
    other = (skills.root.reports / "DRC" / "index.html").read_text("utf-8")
    assert "本单位任务进度" not in other


UNLIKE_THE_CITY = """
select * from (
    select month_date, target_id, reading, period, sum(closed_actual) as closed_actual, sum(actual) as actual
    from rpt_department_closed_month
    group by all having count(*) filter (figure_state = 'withheld') = 0
) as departments inner join rpt_closed_month as city using (month_date, target_id, reading, period)
where departments.closed_actual <> city.closed_actual or departments.actual <> city.actual
"""
"""Figures of which departments do not add up to the city."""


def test_what_moves_a_closed_month_is_marked_and_named(after_run: Skills) -> None:
    """HEA sends its certificates of January again, without the last ones, after January was closed."""
    closed = after_run("close-month", "2026-01", "--by", "甲", "--by", "乙", "--yes")
    assert "未报：" in closed.stdout
    assert "2026-01 closed by 甲 and 乙" in closed.stdout
    before = publication.open_current(after_run.root)
    [file] = (after_run.root.inbox / "HEA").glob("证书明细_2026-01.json")
    text = file.read_text("utf-8")
    start = text.index("[")
    rows = json.loads(text[start : text.rindex("]") + 1])
    file.write_text(text[:start] + json.dumps(rows[:-4], ensure_ascii=False) + text[text.rindex("]") + 1 :], "utf-8")
    after_run("run", "--as-of", AS_OF)
    current = publication.open_current(after_run.root)
    with current.connect() as con:
        states = con.execute(
            "select target_id, figure_state, revision_reason, newest_submission_id, publication_id "
            "from rpt_closed_month where reading = 'main'"
        ).fetchall()
    moved = [state[1:] for state in states if state[1] == "revised"]
    assert {state[1] for state in states} == {"closed", "revised"}
    [(state, reason, submission, closed_with)] = moved
    assert (state, reason, closed_with) == ("revised", "replacement", before.publication_id)
    assert submission.startswith("HEA-certificate-2026-01-")
    with current.connect() as con:
        revised = con.execute(
            "select department_code, target_id, revision_reason, newest_submission_id "
            "from rpt_department_closed_month where reading = 'main' and figure_state = 'revised'"
        ).fetchall()
        unlike = con.execute(UNLIKE_THE_CITY).fetchall()
        [(departments,)] = con.execute(
            "select count(distinct department_code) from rpt_department_closed_month where figure_state = 'closed'"
        ).fetchall()
    assert revised == [("HEA", "T02", "replacement", submission)]
    assert unlike == []
    assert departments > 10
    pages = {unit: (after_run.root.reports / unit / "index.html").read_text("utf-8") for unit in ("HEA", "EDU")}
    assert all("关账月份完成数" in page for page in pages.values())
    assert "整份重报，关账后共 1 份" in pages["HEA"]
    assert "关账后共" not in pages["EDU"]
    figures = publication_diff.compare(before, current).figures
    causes = {cause.submission_id for figure in figures if figure.target_id == "T02" for cause in figure.causes}
    assert submission in causes
    page = (after_run.root.reports / "index.html").read_text("utf-8")
    assert "2026年1月已关账，关账后修订 " in page
    after_run("reopen-month", "2026-01", "--by", "甲", "--by", "乙", "--reason", "HEA补报")
    assert (
        "is not closed"
        in after_run("reopen-month", "2026-01", "--by", "甲", "--by", "乙", "--reason", "x", check=False).stderr
    )
