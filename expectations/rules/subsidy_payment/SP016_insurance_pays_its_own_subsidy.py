"""SP016: The insurance fund's subsidy comes from the insurance fund."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP016",
    dataset="subsidy_payment",
    severity="warning",
    fields=("funding_source", "subsidy_type"),
    message="资金来源与补贴项目不符：失业保险技能提升补贴由失业保险基金支付，职业技能提升补贴不由它支付。",
    why="两类补贴不得重复享受，资金来源填错就无法比对。",
    fix="请核对补贴项目和资金来源。",
    basis="失业保险技能提升补贴政策（未确认）",
    passes=[
        {"subsidy_type": "07", "funding_source": "03"},
        {"subsidy_type": "01", "funding_source": "01"},
        {"subsidy_type": "02", "funding_source": "03"},
    ],
    fails=[{"subsidy_type": "07", "funding_source": "01"}, {"subsidy_type": "01", "funding_source": "03"}],
    bad_rows_where="""
        subsidy_type = '07' and funding_source <> '03'
        or subsidy_type = '01' and funding_source = '03'
    """,
)
