"""EF002: An enterprise rarely spends much more than it set aside."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EF002",
    dataset="education_fund",
    severity="warning",
    fields=("used", "accrued"),
    message="使用金额超过提取金额的1.5倍。",
    why="使用远多于提取，多半是金额单位填错，会使全市的经费占比失真。",
    fix="请核对两个金额；动用以前年度结余的可不改。",
    basis="常识",
    passes=[{"used": 1500, "accrued": 1000}],
    fails=[{"used": 1501, "accrued": 1000}],
    bad_rows_where="""
        used > 1.5 * accrued
    """,
)
