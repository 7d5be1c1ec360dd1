"""WG002: A wage belongs to an industry or an occupation."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="WG002",
    dataset="wage_guidance",
    severity="critical",
    fields=("occupation_code", "industry_code"),
    message="行业代码和职业编码都没有填写。",
    why="工资价位按行业或职业公布，两项都没有就不知道是谁的价位。",
    fix="请至少填写一项。",
    basis="数据合同：主键",
    passes=[{"occupation_code": "4-10-01-05"}, {"industry_code": "Q"}],
    fails=[{"p50": 500000}],
    bad_rows_where="""
        occupation_code is null
        and industry_code is null
    """,
)
