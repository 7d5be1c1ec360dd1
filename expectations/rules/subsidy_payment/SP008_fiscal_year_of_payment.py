"""SP008: Money is paid from the year's budget."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP008",
    dataset="subsidy_payment",
    severity="warning",
    fields=("fiscal_year", "pay_date"),
    message="预算年度与拨付日期的年份不同。",
    why="资金执行按预算年度统计，年度与拨付日期不符时两年的数都会失真。",
    fix="请核对；跨年度支付的可不改。",
    basis="常识",
    passes=[{"fiscal_year": 2026, "pay_date": "2026-06-10"}],
    fails=[{"fiscal_year": 2025, "pay_date": "2026-06-10"}],
    expected="cast(year(pay_date) as varchar)",
    bad_rows_where="""
        fiscal_year <> year(pay_date)
    """,
)
