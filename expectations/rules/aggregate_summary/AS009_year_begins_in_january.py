"""AS009: In January the year's total is the month's."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS009",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_ytd", "value_period"),
    message="1月的本年累计不等于本期数。",
    why="1月是一年的第一个月，累计多出来的是上年的数。",
    fix="请核对本年累计，应从当年1月起算。",
    basis="常识",
    passes=[
        {"period_end_date": "2026-01-31", "period": "2026-01", "value_period": 5, "value_ytd": 5},
        {"value_period": 5, "value_ytd": 50},
    ],
    fails=[{"period_end_date": "2026-01-31", "period": "2026-01", "value_period": 5, "value_ytd": 50}],
    expected="cast(value_period as varchar)",
    unless=("AS003",),
    bad_rows_where="""
        period like '%-01'
        and value_ytd <> value_period
    """,
)
