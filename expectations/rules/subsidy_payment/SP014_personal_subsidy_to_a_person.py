"""SP014: What persons apply for is paid to persons."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP014",
    dataset="subsidy_payment",
    severity="warning",
    fields=("payee_type", "subsidy_type"),
    message="这项补贴发给个人，支付对象却不是个人。",
    why="享受补贴的人数按支付对象统计，填错会漏计个人。",
    fix="请核对补贴项目和支付对象。",
    basis="广东省职业技能提升补贴办法",
    passes=[{"subsidy_type": "01", "payee_type": "1"}, {"subsidy_type": "02", "payee_type": "2"}],
    fails=[{"subsidy_type": "07", "payee_type": "2"}, {"subsidy_type": "06", "payee_type": "3"}],
    bad_rows_where="""
        subsidy_type in ('01', '06', '07')
        and payee_type <> '1'
    """,
)
