"""SP015: The enterprise that trains apprentices is paid for it."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP015",
    dataset="subsidy_payment",
    severity="warning",
    fields=("payee_type", "subsidy_type"),
    message="企业新型学徒制补贴的支付对象不是企业。",
    why="学徒制补贴发给用人企业，支付对象填错会影响资金核对。",
    fix="请核对补贴项目和支付对象。",
    basis="企业新型学徒制补贴办法",
    passes=[{"subsidy_type": "03", "payee_type": "3"}, {"subsidy_type": "02", "payee_type": "2"}],
    fails=[{"subsidy_type": "03", "payee_type": "2"}],
    unless=("SP004",),
    bad_rows_where="""
        subsidy_type = '03'
        and payee_type <> '3'
    """,
)
