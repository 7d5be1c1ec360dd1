"""TR001: What is reported has happened."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR001",
    dataset="training_record",
    severity="critical",
    fields=("completion_date",),
    message="结业时间晚于报告期的最后一天。",
    why="统计按事件发生的日期计数，还没有发生的事先计入，会使进度虚高。",
    fix="请核对结业时间；尚未发生的请留到发生的月份再报。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"completion_date": "2026-06-30"}],
    fails=[{"completion_date": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        completion_date > period_end_date
    """,
)
