"""The bureau's page: whole, in words, with what each of its parts says; and its facts beside it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

from pages import words
from pages.gather.bureau import BureauFacts
from pages.gather.warned_sums import WarnedSum
from pages.render.bureau import bureau_files, bureau_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.vocabulary import reference

FACTS = BureauFacts(
    samples.AS_OF,
    publication_id="2026-11-20-abc123",
    targets=samples.targets(),
    target_breakdown=samples.breakdown(),
    participation_months=samples.months(),
    grid=samples.grid(),
    rules=samples.top_rules(),
    unrecognised=samples.deliveries(),
)


def page(**changes: Any) -> str:
    return bureau_page(replace(FACTS, **changes))


def test_the_page_is_whole_and_needs_nothing_from_outside() -> None:
    text = page()
    read = Page(text)
    assert not read.mistakes
    assert not [address for address in read.addresses() if ":" in address or address.startswith("//")]
    assert "http" not in text.replace("http-equiv", "")
    assert {f"{code}/index.html" for code in reference.codes("department")} <= set(read.addresses())


def test_what_is_not_completed_has_no_month_and_is_told_beside() -> None:
    assert "另有 1,240 人次尚未结业" in Page(page(unfinished=1240)).text
    assert "尚未结业" not in Page(page(unfinished=0)).text


def test_a_sum_that_values_open_to_doubt_change_stands_with_and_without_them() -> None:
    budget = WarnedSum("competition_budget", "竞赛办赛经费", "元", None, 923_000_000.5, 3_000_000)
    covered = WarnedSum("safety_coverage", "覆盖率", "比例", "2026", 0.5, None)
    text = Page(page(warned_sums=[budget, covered])).text
    assert "竞赛办赛经费全部元923,000,000.503,000,000" in text
    assert "覆盖率2026比例50%" in text
    assert "含待核实数值的合计" not in Page(page()).text


def test_every_cell_says_in_words_what_its_colour_means() -> None:
    text = Page(page()).text
    for word in words.GRID_STATES.values():
        assert word in text


def test_who_needs_a_call_stands_before_the_months() -> None:
    text = Page(page(held_since={"CAB": dt.date(2026, 1, 9)})).text
    assert text.index("重点催办部门") < text.index("每月培训人次")
    assert "最早的已等了 315 天" in text


def test_targets_without_a_figure_not_begun_or_reported_later_say_so() -> None:
    text = Page(page()).text
    for word in ("未到评价期", "初步", "已审签 25%"):
        assert word in text
    without = [
        samples.target("T10", "point", dt.date(2025, 1, 1), dt.date(2027, 12, 31), actual=None, status="no_data")
    ]
    assert "暂无数据" in Page(page(targets=without)).text
    later = [samples.target("T16", "2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31), **samples.NOT_DUE)]
    later[0]["status"] = "not_selected"
    assert "未评选" in Page(page(targets=later)).text


def test_without_participations_the_page_says_so() -> None:
    assert "还没有培训人次" in Page(page(participation_months=[])).text


def test_departments_stand_in_the_order_of_their_list() -> None:
    backwards = replace(FACTS, grid=samples.grid()[::-1])
    assert [line.department for line in backwards.departments] == list(reference.codes("department"))


def test_beside_the_page_lie_its_facts_its_grid_and_its_targets() -> None:
    files = bureau_files(replace(FACTS, held_since={"CAB": dt.date(2026, 1, 9)}))
    assert files.keys() == {"index.html", "index.json", "index.csv", "targets.csv", "calls.csv"}
    calls = json.loads(files["index.json"])["calls"]
    assert {call["department"]: call["held_days"] for call in calls}["CAB"] == 315


def test_what_the_bureau_must_answer_and_every_deadline_is_said() -> None:
    held = samples.grid_row(latest_standing="held_back", held_back_answer_date=dt.date(2026, 11, 18))
    read = Page(page(grid=[*FACTS.grid, held]))
    for said in ("市局待答复事项", "市局逾期未答复", "更正为收到后 5 个", "3 个后提醒、10 个后作放弃处理"):
        assert said in read.text
    assert "市局答复例外申请 3 个、暂缓入库 2 个" in read.text
    assert "calls.csv" in read.addresses() and "市局待答复事项" not in Page(page()).text


def test_what_was_refused_stands_before_all_else() -> None:
    text = Page(page()).text
    assert text.index("退回和未采用的来件") < text.index("二十项目标") < text.index("重点催办部门")
