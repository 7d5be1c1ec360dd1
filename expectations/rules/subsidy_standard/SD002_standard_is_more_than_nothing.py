"""SD002: A standard pays something."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SD002",
    dataset="subsidy_standard",
    severity="warning",
    fields=("amount",),
    message="补贴标准为0。",
    why="标准为0的会使实际发放的每一笔都显得超标。",
    fix="请核对补贴标准，以元为单位；不再补贴的请填写执行截止日期。",
    basis="深人社发〔2025〕51号（二十一）",
    passes=[{"amount": 1}],
    fails=[{"amount": 0}],
    bad_rows_where="""
        amount = 0
    """,
)
