"""SP005: The payee's credit code is right."""

from __future__ import annotations

from expectations.identity import uscc_check
from expectations.rule import rule

rule(
    code="SP005",
    dataset="subsidy_payment",
    severity="critical",
    fields=("payee_id", "payee_type"),
    message="收款单位的统一社会信用代码无效（格式或校验码不符）。",
    why="代码无效就无法认定钱付给了哪家单位，这笔钱不能进入统计。",
    fix="请对照登记证书核对18位代码。",
    basis="GB 32100-2015",
    passes=[
        {"payee_type": "2", "payee_id": "91350100M000100Y43"},
        {"payee_type": "1", "payee_id": "11010519491231002X"},
    ],
    fails=[{"payee_type": "2", "payee_id": "91350100M000100Y4Z"}, {"payee_type": "3", "payee_id": "91350100"}],
    unless=("SP004",),
    bad_rows_where=f"""
        payee_type <> '1'
        and not {uscc_check("payee_id")}
    """,
)
