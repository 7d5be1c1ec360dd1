"""PB002: It ends after it starts."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="PB002",
    dataset="publicity",
    severity="critical",
    fields=("end_date", "start_date"),
    message="结束日期早于开始日期。",
    why="起止日期倒挂就不知道活动在哪一期。",
    fix="请核对两个日期，结束日期应不早于开始日期。",
    basis="常识",
    passes=[{"start_date": "2026-06-01", "end_date": "2026-06-01"}],
    fails=[{"start_date": "2026-06-02", "end_date": "2026-06-01"}],
    expected="'不早于 ' || start_date",
    bad_rows_where="""
        end_date < start_date
    """,
)
