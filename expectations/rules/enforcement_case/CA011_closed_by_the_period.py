"""CA011: What is reported as closed is closed."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CA011",
    dataset="enforcement_case",
    severity="critical",
    fields=("closed_date",),
    message="办结日期晚于报告期的最后一天。",
    why="还没有办结的案件不能计入办结数。",
    fix="请核对办结日期；尚未办结的请留到办结的月份再报。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"closed_date": "2026-06-30"}, {"found_date": "2026-06-10"}],
    fails=[{"closed_date": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        closed_date > period_end_date
    """,
)
