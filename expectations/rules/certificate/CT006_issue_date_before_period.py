"""CT006: Reported after its own period: counted in its own month."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT006",
    dataset="certificate",
    severity="warning",
    fields=("issue_date",),
    message="发证日期早于报告期，属于迟报；计入发生的月份。",
    why="数字按发生的月份统计，迟报会改动已经公布的那个月的数。",
    fix="如日期无误不必修改；今后请在发生的当期报送。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"issue_date": "2026-06-01"}],
    fails=[{"issue_date": "2026-05-31"}],
    bad_rows_where="""
        issue_date < period_start_date
    """,
)
