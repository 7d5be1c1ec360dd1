"""WG004: A quantile needs a sample."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("wage_sample_min", "period_end_date")

rule(
    code="WG004",
    dataset="wage_guidance",
    severity="warning",
    fields=("sample_size",),
    message="样本量太小，分位数不可靠。",
    why="样本太小的工资价位会误导企业，也可能透露个别企业的工资。",
    fix="请核对样本量；样本不足的合并行业或等级后再报。",
    basis="企业薪酬调查制度（未确认）",
    passes=[{"sample_size": 10}, {"p50": 1}],
    fails=[{"sample_size": 9}],
    expected=f"'不少于 ' || {LEAST}",
    bad_rows_where=f"""
        sample_size < {LEAST}
    """,
)
