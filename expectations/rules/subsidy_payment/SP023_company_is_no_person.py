"""SP023: A person's name stands for a unit."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP023",
    dataset="subsidy_payment",
    severity="warning",
    fields=("payee_name", "payee_type"),
    message="支付对象是单位，收款人却像个人姓名。",
    why="单位的补贴发到个人名下，核查时会被问到。",
    fix="请填写收款单位的全称；确属个人的改支付对象。",
    basis="常识",
    passes=[{"payee_type": "2", "payee_name": "深圳市某职业培训学校"}, {"payee_type": "1", "payee_name": "王例子"}],
    fails=[{"payee_type": "3", "payee_name": "王例子"}],
    unless=("SP004",),
    bad_rows_where="""
        payee_type <> '1'
        and length(payee_name) <= 4
        and not regexp_matches(payee_name, '[厂店校院部所会社局行]$')
    """,
)
