"""EF004: The year is the period's."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EF004",
    dataset="education_fund",
    severity="critical",
    fields=("year",),
    message="年度与报告期不符。",
    why="经费占比按年度核算，年度填错会使一年重复、一年缺失。",
    fix="请核对年度，每个年度单独报送。",
    basis="常识",
    passes=[{"year": 2026}],
    fails=[{"year": 2025}],
    expected="cast(date_part('year', period_end_date) as varchar)",
    bad_rows_where="""
        year <> date_part('year', period_end_date)
    """,
)
