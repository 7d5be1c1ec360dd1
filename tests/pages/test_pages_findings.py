"""A submission's findings: their order, their groups by rule, and their list for spreadsheets."""

from __future__ import annotations

import csv
import io

from pages import words
from pages.gather.findings import by_rule, listed
from pages.render.findings import csv_text
from tests.pages import report_samples as samples


def test_rules_come_worst_first_with_rows_and_share() -> None:
    rows = [*samples.findings(200), samples.file_finding()]
    groups = by_rule(listed(rows), 386)
    assert groups[0].rule == "FL008"
    assert [group.severity for group in groups] == ["critical"] * 4 + ["warning"] * 2
    critical = [group.rows.part for group in groups[1:4]]
    assert critical == sorted(critical, reverse=True)
    assert sum(group.count for group in groups) == 201


def test_two_findings_of_a_rule_on_one_row_are_one_row() -> None:
    once = samples.finding(samples.RULES[0], 5)
    twice = listed([once, once | {"field": "person_name"}])
    (group,) = by_rule(twice, 1_000)
    assert (group.count, group.rows, words.share(*group.rows)) == (2, (1, 1_000), "0.1%")


def test_answered_findings_come_behind_open_ones_of_their_severity() -> None:
    rows = [
        samples.finding(samples.RULES[3], 1, explanation="属实。"),
        samples.finding(samples.RULES[3], 2),
        samples.finding(samples.RULES[0], 3),
    ]
    assert [finding["row_index"] for finding in listed(rows)] == [3, 2, 1]


def test_the_csv_holds_all_findings_and_no_formula() -> None:
    rows = [
        samples.finding(samples.RULES[3], place, value=value, message="\t=1", expected=None)
        for place, value in enumerate(("=HYPERLINK(1)", "+1", "-1", "@x", "\r=1", "正常", None), 1)
    ]
    text = csv_text(samples.decision(), rows)
    assert text.startswith("\ufeff")
    read = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["报送值"] for row in read] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'=1", "正常", ""]
    assert {row["问题"] for row in read} == {"'=1"}
    assert {row["字段名称"] for row in read} == {"理论成绩"}


def test_the_csv_says_since_when_and_what_was_answered() -> None:
    rows = [
        samples.finding(
            samples.RULES[3],
            1,
            state="persisting",
            opened_at=samples.DELIVERED,
            explanation="=属实",
            exception_id="EX-1",
        ),
        samples.finding(samples.RULES[3], 2),
    ]
    read = list(csv.DictReader(io.StringIO(csv_text(samples.decision(), rows).removeprefix("\ufeff"))))
    answered = {row["行号"]: [row[name] for name in ("状态", "首次出现", "情况说明", "例外编号")] for row in read}
    assert answered == {"4": ["仍存在", "2026年2月9日", "'=属实", "EX-1"], "5": ["", "", "", ""]}


def test_a_group_says_what_to_do_in_the_workbook_only_where_it_is_something_else() -> None:
    finding = {
        "rule": "TR.key.duplicate",
        "severity": "critical",
        "field": "class_id",
        "row_index": 2,
        "row": 3,
        "message": "与前面的一行完全相同。",
        "detail": "第3行与第2行完全相同。",
        "fix": "请删除重复的行。",
        "workbook_fix": "“处理方式”填“作废”。",
    }
    late = finding | {"rule": "TR001", "fix": "请核对。", "workbook_fix": "请核对。"}
    groups = by_rule(listed([finding, late]), 10)
    assert {group.rule: group.workbook_fix for group in groups} == {
        "TR.key.duplicate": "“处理方式”填“作废”。",
        "TR001": None,
    }
    assert {group.rule: group.examples[0]["detail"] for group in groups}["TR001"] == "第3行与第2行完全相同。"
