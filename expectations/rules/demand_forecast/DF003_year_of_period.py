"""DF003: The forecast is for the period's year."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="DF003",
    dataset="demand_forecast",
    severity="warning",
    fields=("report_year",),
    message="预测年度与报告期不符。",
    why="需求按预测年度安排培训计划，年度填错会使需求计入另一年。",
    fix="请核对预测年度。",
    basis="常识",
    passes=[{"report_year": 2026}],
    fails=[{"report_year": 2025}],
    expected="cast(year(period_end_date) as varchar)",
    bad_rows_where="""
        report_year <> year(period_end_date)
    """,
)
