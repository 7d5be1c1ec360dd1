"""CA007: Who gets money back says how much."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CA007",
    dataset="enforcement_case",
    severity="warning",
    fields=("amount_recovered", "disposal"),
    message="处理结果是追回资金，但没有追回金额。",
    why="追回总额由每行相加，缺金额会少计。",
    fix="请补填追回金额；尚未追回的不填办结日期和处理结果。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[{"disposal": "1", "amount_recovered": 100}, {"disposal": "3"}],
    fails=[{"disposal": "1"}, {"disposal": "1", "amount_recovered": 0}],
    bad_rows_where="""
        disposal = '1'
        and (amount_recovered is null or amount_recovered = 0)
    """,
)
