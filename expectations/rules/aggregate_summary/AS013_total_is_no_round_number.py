"""AS013: A total of whole ten thousands is a guess."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS013",
    dataset="aggregate_summary",
    severity="info",
    fields=("value_period",),
    message="本期数是一万的整数倍。",
    why="按行累计出来的数很少恰好是整万，多半是估计数。",
    fix="请按实际统计数填写；确属巧合的不必修改。",
    basis="统计法（2024）第九条",
    passes=[{"value_period": 12345}, {"value_period": 5000}, {"value_period": 0}],
    fails=[{"value_period": 120000}],
    bad_rows_where="""
        value_period >= 10000
        and value_period % 10000 = 0
    """,
)
