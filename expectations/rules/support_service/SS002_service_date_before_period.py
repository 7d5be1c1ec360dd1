"""SS002: Reported after its own period: counted in its own month."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SS002",
    dataset="support_service",
    severity="warning",
    fields=("service_date",),
    message="服务日期早于报告期，属于迟报；计入发生的月份。",
    why="数字按发生的月份统计，迟报会改动已经公布的那个月的数。",
    fix="如日期无误不必修改；今后请在发生的当期报送。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"service_date": "2026-06-01"}],
    fails=[{"service_date": "2026-05-31"}],
    bad_rows_where="""
        service_date < period_start_date
    """,
)
