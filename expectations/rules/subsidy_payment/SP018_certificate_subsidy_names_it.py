"""SP018: Who is paid for a certificate names it."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP018",
    dataset="subsidy_payment",
    severity="warning",
    fields=("cert_no", "subsidy_type"),
    message="这项补贴按证书发放，却没有填写证书编号。",
    why="补贴要按证书编号防止重复发放，没有编号就查不了重。",
    fix="请补填证书编号。",
    basis="广东省职业技能提升补贴办法",
    passes=[{"subsidy_type": "01", "cert_no": "S000044000001265000001"}, {"subsidy_type": "02"}],
    fails=[{"subsidy_type": "01"}, {"subsidy_type": "07"}],
    bad_rows_where="""
        subsidy_type in ('01', '07')
        and cert_no is null
    """,
)
