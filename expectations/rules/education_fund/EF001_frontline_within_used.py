"""EF001: A part is not more than the whole."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EF001",
    dataset="education_fund",
    severity="critical",
    fields=("frontline_used", "used"),
    message="用于一线职工的金额大于使用金额。",
    why="一线职工经费占比是方案的硬性指标，用于一线的钱不可能多于用掉的钱。",
    fix="请核对两个金额和单位（元或万元）。",
    basis="常识",
    passes=[{"frontline_used": 600, "used": 1000}],
    fails=[{"frontline_used": 1001, "used": 1000}],
    bad_rows_where="""
        frontline_used > used
    """,
)
