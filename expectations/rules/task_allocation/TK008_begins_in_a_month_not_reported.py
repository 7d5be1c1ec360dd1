"""TK008: What begins before the month of its notice changes nothing that was judged."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TK008",
    dataset="task_allocation",
    severity="info",
    fields=("from_date",),
    message="起始日期早于报告期。",
    why="任务追溯执行，已关账的月份不重新评价，此前公布的名次不变。",
    fix="请核对起始日期；确需追溯的无须处理。",
    basis="数据报送约定：已关账的月份不重新评价",
    passes=[{"from_date": "2026-06-01"}, {"from_date": "2026-07-01"}],
    fails=[{"from_date": "2026-05-31"}],
    bad_rows_where="""
        from_date < period_start_date
    """,
)
