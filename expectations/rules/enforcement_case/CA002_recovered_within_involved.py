"""CA002: No more is recovered than was involved."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CA002",
    dataset="enforcement_case",
    severity="warning",
    fields=("amount_recovered", "amount_involved"),
    message="追回金额大于涉及金额。",
    why="追回金额计入资金监管成效，大于涉及金额说明金额或单位填错。",
    fix="请核对两个金额和单位（元或万元）。",
    basis="常识",
    passes=[{"amount_recovered": 100, "amount_involved": 100}],
    fails=[{"amount_recovered": 101, "amount_involved": 100}],
    bad_rows_where="""
        amount_recovered > amount_involved
    """,
)
