"""PB001: What is reported has begun."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="PB001",
    dataset="publicity",
    severity="critical",
    fields=("start_date",),
    message="开始日期晚于报告期的最后一天。",
    why="活动按发生日期计数，还没有发生的事先计入会使数字虚高。",
    fix="请核对开始日期；尚未开展的请留到开展后再报。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"start_date": "2026-06-30"}],
    fails=[{"start_date": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        start_date > period_end_date
    """,
)
