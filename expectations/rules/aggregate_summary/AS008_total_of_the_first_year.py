"""AS008: In 2025 the total since 2025 is the year's."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS008",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_cum", "value_ytd"),
    message="2025年的报告期，2025年以来累计与本年累计不同。",
    why="累计从2025年1月起算，当年两项应当相等，不等说明有一项起点不对。",
    fix="请核对两个累计数。",
    basis="深人社发〔2025〕51号：2025—2027年累计",
    passes=[
        {"period_end_date": "2025-12-31", "value_cum": 10, "value_ytd": 10},
        {"value_cum": 20, "value_ytd": 10},
        {"period_end_date": "2025-12-31", "value_ytd": 10},
    ],
    fails=[{"period_end_date": "2025-12-31", "value_cum": 11, "value_ytd": 10}],
    expected="cast(value_ytd as varchar)",
    unless=("AS003", "AS004"),
    bad_rows_where="""
        year(period_end_date) = 2025
        and value_cum <> value_ytd
    """,
)
