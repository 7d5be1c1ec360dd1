"""LC001: The year is the period's."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="LC001",
    dataset="labour_cost",
    severity="warning",
    fields=("report_year",),
    message="年度与报告期不符。",
    why="人工成本按年度公布，年度填错会与另一年的混在一起。",
    fix="请核对年度。",
    basis="常识",
    passes=[{"report_year": 2026}],
    fails=[{"report_year": 2025}],
    expected="cast(year(period_end_date) as varchar)",
    bad_rows_where="""
        report_year <> year(period_end_date)
    """,
)
