"""SP009: What was paid is more than nothing."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP009",
    dataset="subsidy_payment",
    severity="critical",
    fields=("amount", "status"),
    message="状态为已拨付，但补贴金额为0。",
    why="已拨付的资金要计入支出，金额为0说明漏填，支出会少算。",
    fix="请填写实际拨付金额；未拨付的请改正状态。",
    basis="常识",
    passes=[{"status": "3", "amount": 200000}, {"status": "1", "amount": 0}],
    fails=[{"status": "3", "amount": 0}],
    bad_rows_where="""
        status = '3'
        and amount <= 0
    """,
)
