"""本次更正内容: what a correction changed, and for what is still held why the change did not mend it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from pages.gather.findings import Tally
from pages.gather.submission import SubmissionFacts
from pages.render.submission import submission_page, verdict
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.vocabulary.submission import CellChange, Decision, Explanation, FileProblem, Supplement

WHOLE, OTHER, LATER = (f"CAB-training_record-2026-01-{number:012x}" for number in (1, 2, 3))
SHEET = "明细表"
NUMBER = CellChange(SHEET, 5, "id_no", "44**************34", "44**************42", True)
NAME = CellChange(SHEET, 5, "person_name", "张*", "张**")
ALIKE = CellChange(SHEET, 6, "id_no", "44**************34", "44**************34")
EMPTIED = CellChange(SHEET, 7, "theory_score", "52", None, True)


def decision(supplement: Supplement, problem: FileProblem | None = None) -> Decision:
    plain = samples.decision()
    return replace(plain, reading=replace(plain.reading, supplement=supplement, problem=problem))


def supplement(*changes: CellChange, **more: Any) -> Supplement:
    return Supplement(
        **{
            "answers": WHOLE,
            "line": (WHOLE, samples.decision().submission_id),
            "corrected": len({change.row for change in changes}),
            "changes": changes,
            "changed_cells": len(changes),
        }
        | more
    )


def text(said: Supplement, *findings: dict[str, Any], **facts: Any) -> str:
    page = Page(html(said, *findings, **facts))
    assert not page.mistakes
    return re.sub(r"\s+", " ", " ".join(page.parts))


def html(said: Supplement, *findings: dict[str, Any], **facts: Any) -> str:
    return submission_page(SubmissionFacts(decision(said), findings, in_site=True, kind="correction", **facts))


def held(row: int = 5, rule: int = 0, **more: Any) -> dict[str, Any]:
    return samples.finding(
        samples.RULES[rule], row - 3, **{"state": "persisting", "opened_at": samples.DELIVERED} | more
    )


def section(shown: str) -> str:
    """What stands between its title and the figures."""
    return shown.partition("本次更正内容")[2].partition("有效状态")[0]


def test_it_opens_the_report() -> None:
    sections = re.findall(r'<section aria-labelledby="([a-z-]+)"', html(supplement(NUMBER), held()))
    assert sections[:3] == ["correction", "changes", "by-rule"]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (NUMBER, "第 5 行 身份证号 44**************34 44**************42 已标注"),
        (NAME, "第 5 行 姓名 张* 张** 未标注"),
        (ALIKE, "第 6 行 身份证号 44**************34 44**************34 遮盖的部分有改动 未标注"),
        (EMPTIED, "第 7 行 理论成绩 52 （空） 已标注"),
    ],
)
def test_each_changed_cell_is_shown_before_and_after(change: CellChange, shown: str) -> None:
    assert shown in section(text(supplement(change)))


WHY: dict[str, tuple[Supplement, dict[str, Any], str]] = {
    "not in the workbook": (
        supplement(NAME, rows={"sent": f"{SHEET}!5"}),
        held(9),
        "送回的工作簿里没有这一行，还没有更正。",
    ),
    "deleted": (supplement(NAME, rows={"deleted": f"{SHEET}!9"}), held(9), "删除不等于作废，不应报送的"),
    "not changed": (supplement(NAME, rows={"sent": f"{SHEET}!5,9"}), held(9), "这一行没有改动。"),
    "only called corrected": (
        supplement(rows={"sent": f"{SHEET}!5", "corrected_without_change": f"{SHEET}!5"}),
        held(),
        "填了“更正”，但这一行没有一格改动。",
    ),
    "explained": (
        supplement(rows={"sent": f"{SHEET}!5", "explained": f"{SHEET}!5"}, explained=(Explanation(2, "属实"),)),
        held(),
        "须更正的问题不能以说明代替更正",
    ),
    "explained without a reason": (
        supplement(rows={"sent": f"{SHEET}!5", "explained_without_reason": f"{SHEET}!5"}),
        held(),
        "须更正的问题不能以说明代替更正",
    ),
    "another cell": (
        supplement(NAME, rows={"sent": f"{SHEET}!5", "corrected": f"{SHEET}!5"}),
        held(),
        "改动的是“姓名”，有问题的“身份证号”没有改动。",
    ),
    "still wrong": (
        supplement(NUMBER, NAME, rows={"sent": f"{SHEET}!5", "corrected": f"{SHEET}!5"}),
        held(),
        "“身份证号”由 44**************34 改为 44**************42，仍有同样的问题。",
    ),
    "wrong in another way": (
        supplement(NUMBER, rows={"sent": f"{SHEET}!5", "corrected": f"{SHEET}!5"}),
        held(state="new"),
        "“身份证号”由 44**************34 改为 44**************42，改动后新出现这个问题。",
    ),
    "by another row": (
        supplement(NAME, rows={"sent": f"{SHEET}!5,9", "corrected": f"{SHEET}!5"}),
        held(9, state="new"),
        "这一行没有改动，因其他行的更正新出现这个问题。",
    ),
    "a new row": (supplement(rows={"added": f"{SHEET}!30"}, added=1), held(30, state="new"), "新增的行有这个问题。"),
    "changed beyond what is told": (
        supplement(rows={"sent": f"{SHEET}!5", "corrected": f"{SHEET}!5"}, corrected=1, changed_cells=9),
        held(),
        "改动的是其他格，有问题的“身份证号”没有改动。",
    ),
}


@pytest.mark.parametrize(("said", "finding", "shown"), WHY.values(), ids=WHY)
def test_what_is_still_held_says_why(said: Supplement, finding: dict[str, Any], shown: str) -> None:
    told = section(text(said, finding))
    assert "仍须更正的 1 处为什么没有改好" in told
    assert shown in told


def test_a_correction_of_before_says_nothing_of_rows() -> None:
    assert "为什么没有改好" not in section(text(supplement(corrected=2), held()))


def test_what_is_let_pass_or_only_warned_about_is_not_held() -> None:
    told = section(text(supplement(NAME), held(exception_id="EX-2026-001"), held(6, rule=3)))
    assert "为什么没有改好" not in told


GROUPS = {
    "withdrawn": "作废：第 7、9 行",
    "withdrawn_over": "其中另一份更正改过、本次作废的：第 7、9 行",
    "added": "新增，排在原文件之后：第 7、9 行",
    "reinstated": "另一份更正已作废，本次又作了改动，已恢复：第 7、9 行",
    "deleted": "（删除不等于作废，原来的内容保留）：第 7、9 行",
    "explained": "已作说明：第 7、9 行",
    "explained_without_reason": "填了“说明”而没有写情况说明，未作说明处理：第 7、9 行",
    "reason_without_action": "写了情况说明而没有填“说明”，未作说明处理：第 7、9 行",
    "corrected_without_change": "填了“更正”而没有一格改动：第 7、9 行",
}


@pytest.mark.parametrize(("group", "shown"), GROUPS.items())
def test_rows_are_named_by_what_was_done_with_them(group: str, shown: str) -> None:
    assert shown in section(text(supplement(rows={group: f"{SHEET}!7,9"}))).replace(" ：", "：")


def test_of_two_workbooks_each_is_told_whose_cells_were_taken() -> None:
    over = replace(NUMBER, over=OTHER)
    line = (WHOLE, OTHER, samples.decision().submission_id)
    other = replace(
        decision(supplement(NUMBER, EMPTIED)),
        submission=replace(samples.decision().submission, sha256=OTHER[-12:] + "0" * 52),
    )
    second = text(supplement(over, line=line), beside=[other])
    assert OTHER in section(second) and "已先并入，改动 2 格：其中 1 格照旧保留" in section(second)
    kept = section(second).partition("另一份更正保留的 1 格")[2].partition("改动的格")[0]
    assert "第 7 行 理论成绩 52 （空）" in kept and "身份证号" not in kept
    assert "原来的内容是另一份更正" in section(second) and "以本次为准" in section(second)
    first = text(supplement(NUMBER), overruled=[(LATER, over)])
    assert "后来又被改过的 1 格" in first
    assert LATER in first.partition("后来又被改过")[2]


def test_a_refused_workbook_changed_nothing_and_is_sent_again() -> None:
    for problem in ("rows_unidentified", "answers_nothing", "wrong_unit"):
        refused = decision(Supplement(WHOLE), problem)
        shown = Page(submission_page(SubmissionFacts(refused, (), in_site=True, kind="correction"))).text
        assert "本次更正内容" not in shown
    told = verdict(
        replace(decision(Supplement(WHOLE), "rows_unidentified"), outcome="unreadable"), Tally(1, 0, 0, 0, 0)
    )
    assert "没有并入" in told.sentence
    assert "此前的报送不变" in told.steps[-1]


def test_a_whole_file_has_no_such_section() -> None:
    assert "本次更正内容" not in Page(submission_page(SubmissionFacts(samples.decision(), [held()]))).text


@pytest.mark.parametrize("state", ["new", "uncovered", "persisting"])
def test_what_could_not_be_judged_before_is_not_called_new(state: str) -> None:
    said = text(supplement(NUMBER, rows={"corrected": "明细表!5"}), held(state=state))
    assert ("改正后查出这个问题" in said) is (state == "uncovered")
    assert ("改动后新出现这个问题" in said) is (state == "new")
