"""TA001: Announced in the year of the award."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TA001",
    dataset="talent_award",
    severity="warning",
    fields=("award_date", "award_year"),
    message="公布日期不在评选年度内。",
    why="人才奖项按评选年度考核名额，日期与年度不符时不知道占用哪一年的名额。",
    fix="请核对评选年度和公布日期。",
    basis="常识",
    passes=[{"award_year": 2026, "award_date": "2026-05-01"}],
    fails=[{"award_year": 2025, "award_date": "2026-05-01"}],
    bad_rows_where="""
        year(award_date) <> award_year
    """,
)
