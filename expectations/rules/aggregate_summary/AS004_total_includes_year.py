"""AS004: The total includes the year."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS004",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_cum", "value_ytd"),
    message="2025年以来累计小于本年累计。",
    why="三年任务按2025年以来的累计数考核，累计数偏小会使完成进度少算。",
    fix="请核对两个数。",
    basis="常识",
    passes=[{"value_cum": 100, "value_ytd": 10}],
    fails=[{"value_cum": 9, "value_ytd": 10}],
    bad_rows_where="""
        value_cum < value_ytd
    """,
)
