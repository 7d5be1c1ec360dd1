"""SP003: Applied, approved, paid."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP003",
    dataset="subsidy_payment",
    severity="warning",
    fields=("approve_date", "apply_date", "pay_date"),
    message="申请、审核、拨付三个日期的先后不对。",
    why="申请、审核、拨付的先后是资金合规的证据，颠倒时审计会要求说明。",
    fix="请核对：申请日期 ≤ 审核日期 ≤ 拨付日期。",
    basis="常识",
    passes=[{"apply_date": "2026-05-01", "approve_date": "2026-05-10", "pay_date": "2026-06-10"}],
    fails=[
        {"apply_date": "2026-05-11", "approve_date": "2026-05-10"},
        {"approve_date": "2026-06-11", "pay_date": "2026-06-10"},
    ],
    bad_rows_where="""
        approve_date < apply_date
        or pay_date < approve_date
        or pay_date < apply_date
    """,
)
