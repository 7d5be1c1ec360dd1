"""ER001: A register is of a day that has been."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="ER001",
    dataset="enterprise_register",
    severity="critical",
    fields=("as_of",),
    message="名录时点晚于报告期的最后一天。",
    why="名录是报告期末的企业，还没有到的日子没有名录。",
    fix="请核对名录时点，应不晚于报告期的最后一天。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"as_of": "2026-06-30"}],
    fails=[{"as_of": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        as_of > period_end_date
    """,
)
