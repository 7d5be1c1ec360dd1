"""CP006: A competition is over within a year."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP006",
    dataset="competition",
    severity="warning",
    fields=("start_date", "end_date"),
    message="赛项历时超过一年。",
    why="项数按结束日期计入年度，年份填错会计到另一年。",
    fix="请核对开始日期和结束日期的年份。",
    basis="常识",
    passes=[{"start_date": "2025-06-10", "end_date": "2026-06-10"}],
    fails=[{"start_date": "2025-06-09", "end_date": "2026-06-10"}],
    bad_rows_where="""
        end_date > start_date + interval 1 year
    """,
)
