"""BG001: A budget is of the period's year."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="BG001",
    dataset="budget",
    severity="critical",
    fields=("year",),
    message="预算年度与报告期不符。",
    why="预算执行按年度比较，年度填错会与另一年的预算混在一起。",
    fix="请核对预算年度；上年预算的调整请联系市局。",
    basis="常识",
    passes=[{"year": 2026}],
    fails=[{"year": 2025}],
    expected="cast(year(period_end_date) as varchar)",
    bad_rows_where="""
        year <> year(period_end_date)
    """,
)
