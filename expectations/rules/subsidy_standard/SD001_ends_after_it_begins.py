"""SD001: A standard ends after it begins."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SD001",
    dataset="subsidy_standard",
    severity="critical",
    fields=("to_date", "from_date"),
    message="执行截止日期早于执行起始日期。",
    why="起止日期倒挂的标准在任何一天都不执行，对照不到任何一笔补贴。",
    fix="请核对执行起止日期。",
    basis="常识",
    passes=[{"from_date": "2026-01-01", "to_date": "2026-01-01"}, {"from_date": "2026-01-01"}],
    fails=[{"from_date": "2026-01-01", "to_date": "2025-12-31"}],
    expected="'不早于 ' || from_date",
    bad_rows_where="""
        to_date < from_date
    """,
)
