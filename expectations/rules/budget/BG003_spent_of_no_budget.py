"""BG003: A budget is more than nothing."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="BG003",
    dataset="budget",
    severity="warning",
    fields=("budget_amount",),
    message="预算金额为0。",
    why="没有预算的项目不必列出；有支出而没有预算的无法对照。",
    fix="请核对预算金额，以元为单位。",
    basis="常识",
    passes=[{"budget_amount": 1}],
    fails=[{"budget_amount": 0}],
    bad_rows_where="""
        budget_amount = 0
    """,
)
