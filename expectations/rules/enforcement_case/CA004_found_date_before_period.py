"""CA004: Reported after its own period: counted in its own month."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CA004",
    dataset="enforcement_case",
    severity="warning",
    fields=("found_date",),
    message="发现日期早于报告期，属于迟报；计入发生的月份。",
    why="迟报会使已发布的月份发生变动，需要知道变动从哪里来。",
    fix="如日期无误不必修改；今后请在发生的当期报送。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"found_date": "2026-06-01"}],
    fails=[{"found_date": "2026-05-31"}],
    bad_rows_where="""
        found_date < period_start_date
    """,
)
