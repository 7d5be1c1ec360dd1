"""WG001: Quantiles ascend."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="WG001",
    dataset="wage_guidance",
    severity="critical",
    fields=("p50", "p10", "p25", "p75", "p90"),
    message="分位数没有从低到高排列。",
    why="分位数从低到高才有意义，顺序不对的工资价位不能公布。",
    fix="请核对各分位数。",
    basis="常识",
    passes=[{"p10": 1, "p25": 2, "p50": 3, "p75": 4, "p90": 5}, {"p50": 3}],
    fails=[{"p10": 1, "p25": 4, "p50": 3, "p75": 4, "p90": 5}, {"p50": 3, "p90": 2}],
    unless=("WG008",),
    bad_rows_where="""
        list_filter([p10, p25, p50, p75, p90], x -> x is not null) <> list_sort(
            list_filter([p10, p25, p50, p75, p90], x -> x is not null)
        )
    """,
)
