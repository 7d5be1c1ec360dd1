"""SP021: Nobody waits a year for approved money."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP021",
    dataset="subsidy_payment",
    severity="info",
    fields=("approve_date", "pay_date"),
    message="审核后超过一年才拨付。",
    why="间隔过长多半是年份填错，也会影响预算年度。",
    fix="请核对审核日期和拨付日期的年份。",
    basis="常识",
    passes=[{"approve_date": "2025-06-10", "pay_date": "2026-06-10"}, {"pay_date": "2026-06-10"}],
    fails=[{"approve_date": "2025-06-09", "pay_date": "2026-06-10"}],
    bad_rows_where="""
        pay_date > approve_date + interval 1 year
    """,
)
