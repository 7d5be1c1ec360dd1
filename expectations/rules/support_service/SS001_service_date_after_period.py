"""SS001: What is reported has happened."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SS001",
    dataset="support_service",
    severity="critical",
    fields=("service_date",),
    message="服务日期晚于报告期的最后一天。",
    why="统计按事件发生的日期计数，还没有发生的事先计入，会使进度虚高。",
    fix="请核对服务日期；尚未发生的请留到发生的月份再报。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"service_date": "2026-06-30"}],
    fails=[{"service_date": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        service_date > period_end_date
    """,
)
