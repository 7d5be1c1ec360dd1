"""TA002: What is reported has happened."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TA002",
    dataset="talent_award",
    severity="critical",
    fields=("award_year",),
    message="评选年度晚于报告期。",
    why="统计按事件发生的日期计数，还没有发生的事先计入，会使进度虚高。",
    fix="请核对评选年度。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"award_year": 2026}],
    fails=[{"award_year": 2027}],
    expected="'不晚于 ' || year(period_end_date)",
    bad_rows_where="""
        award_year > year(period_end_date)
    """,
)
