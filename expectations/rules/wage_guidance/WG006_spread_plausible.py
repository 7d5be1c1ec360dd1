"""WG006: The best paid earn no hundred times more."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="WG006",
    dataset="wage_guidance",
    severity="warning",
    fields=("p90", "p10"),
    message="90分位数超过10分位数的20倍。",
    why="差距过大多半是有一个分位数多填了一位。",
    fix="请核对各分位数。",
    basis="常识",
    passes=[{"p10": 100, "p90": 2000}, {"p90": 2000}],
    fails=[{"p10": 100, "p90": 2001}],
    unless=("WG001",),
    bad_rows_where="""
        p90 > 20 * p10
    """,
)
