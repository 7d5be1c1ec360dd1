"""AS003: The year includes the period."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS003",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_ytd", "value_period"),
    message="本年累计小于本期数。",
    why="累计数包含本期数，小于本期数说明至少有一个数填错，两个数都不能用于进度。",
    fix="请核对两个数。",
    basis="常识",
    passes=[{"value_period": 10, "value_ytd": 10}],
    fails=[{"value_period": 10, "value_ytd": 9}],
    bad_rows_where="""
        value_ytd < value_period
    """,
)
