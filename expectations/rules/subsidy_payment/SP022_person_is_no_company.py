"""SP022: A company's name stands for a person."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP022",
    dataset="subsidy_payment",
    severity="warning",
    fields=("payee_type", "payee_name"),
    message="支付对象是个人，收款人却像单位名称。",
    why="按支付对象统计的个人补贴会混入单位的钱。",
    fix="请核对支付对象和收款人。",
    basis="常识",
    passes=[{"payee_type": "1", "payee_name": "王例子"}, {"payee_type": "2", "payee_name": "深圳市某职业培训学校"}],
    fails=[{"payee_type": "1", "payee_name": "深圳市某科技有限公司"}],
    unless=("SP004",),
    bad_rows_where="""
        payee_type = '1'
        and regexp_matches(payee_name, '(公司|学校|学院|中心|协会|工厂|集团|事务所)$')
    """,
)
