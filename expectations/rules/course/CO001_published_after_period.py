"""CO001: What is reported has been published."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CO001",
    dataset="course",
    severity="critical",
    fields=("published_date",),
    message="发布日期晚于报告期的最后一天。",
    why="资源按发布日期计数，还没有发布的事先计入会使数字虚高。",
    fix="请核对发布日期；尚未发布的请留到发布后再报。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"published_date": "2026-06-30"}],
    fails=[{"published_date": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        published_date > period_end_date
    """,
)
