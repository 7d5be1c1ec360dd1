"""BG002: No more is spent than was budgeted."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="BG002",
    dataset="budget",
    severity="warning",
    fields=("spent_amount", "budget_amount"),
    message="累计支出大于全年预算。",
    why="超预算支出要有追加依据，也可能是两个金额填反或单位不一。",
    fix="请核对两个金额；预算有追加的，请按追加后的预算填写。",
    basis="深人社发〔2025〕51号（二十一）（二十二）",
    passes=[{"budget_amount": 100, "spent_amount": 100}],
    fails=[{"budget_amount": 100, "spent_amount": 101}],
    expected="printf('不大于 %.2f', budget_amount / 100)",
    bad_rows_where="""
        spent_amount > budget_amount
    """,
)
