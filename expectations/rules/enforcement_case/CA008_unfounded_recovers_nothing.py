"""CA008: What is unfounded recovers nothing."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CA008",
    dataset="enforcement_case",
    severity="warning",
    fields=("amount_recovered", "disposal"),
    message="处理结果是查无实据，却填写了追回金额。",
    why="查无实据的线索不应有追回，两项矛盾时追回总额不可信。",
    fix="请核对处理结果和追回金额。",
    basis="常识",
    passes=[{"disposal": "6"}, {"disposal": "6", "amount_recovered": 0}, {"disposal": "1", "amount_recovered": 100}],
    fails=[{"disposal": "6", "amount_recovered": 100}],
    unless=("CA002",),
    bad_rows_where="""
        disposal = '6'
        and amount_recovered > 0
    """,
)
