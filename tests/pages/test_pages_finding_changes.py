"""What became of the findings of the last submission of the same period, counted and told."""

from __future__ import annotations

from dataclasses import replace

from pages.gather.finding_changes import changes
from pages.gather.findings import listed
from pages.gather.submission import SubmissionFacts
from pages.render.submission import submission_page
from tests.pages import report_samples as samples
from tests.pages.report_html import Page

FIXED = [
    {"rule": "TR007", "severity": "warning", "message": "成绩低于 60 分。", "count": 2},
    {"rule": "PN003", "severity": "critical", "message": "身份证号的校验码不对。", "count": 1},
]


def remembered(*states: str) -> list[dict[str, object]]:
    return [
        samples.finding(samples.RULES[0], place, state=state, opened_at=samples.DELIVERED)
        for place, state in enumerate(states, 1)
    ]


def test_fixed_and_standing_findings_are_counted_by_rule_worst_first() -> None:
    counted = changes(listed(remembered("new", "persisting", "persisting", "reopened")), FIXED)
    assert [
        (change.rule, change.fixed, change.new, change.persisting, change.reopened) for change in counted.rules
    ] == [
        ("PN003", 1, 1, 2, 1),
        ("TR007", 2, 0, 0, 0),
    ]
    assert [counted.total(name) for name in ("fixed", "new", "persisting", "reopened")] == [3, 1, 2, 1]


def test_findings_against_other_submissions_are_not_remembered() -> None:
    assert changes(listed(samples.across()), []).rules == ()


def test_a_first_submission_is_compared_with_nothing() -> None:
    facts = SubmissionFacts(samples.decision(), remembered("new"), in_site=True)
    assert "与上一次报送相比" not in Page(submission_page(facts)).text
    again = Page(submission_page(replace(facts, kind="replacement", fixed=FIXED)))
    assert "已解决 3 处\uff0c新出现 1 处\uff0c仍存在 0 处" in again.text
    assert not again.mistakes


def test_a_standing_finding_says_since_when() -> None:
    facts = SubmissionFacts(samples.decision(), remembered("persisting"), kind="correction")
    text = Page(submission_page(facts)).text
    assert "仍存在\uff0c自 2026年2月9日" in text
