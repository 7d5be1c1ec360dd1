"""CT012: A review follows the issue."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT012",
    dataset="certificate",
    severity="warning",
    fields=("review_date", "issue_date"),
    message="复审日期早于发证日期。",
    why="复审决定证书是否继续有效，早于发证说明有一个日期填错。",
    fix="请对照证书核对两个日期。",
    basis="特种作业人员安全技术培训考核管理规定",
    passes=[{"issue_date": "2026-06-01", "review_date": "2026-06-01"}, {"issue_date": "2026-06-01"}],
    fails=[{"issue_date": "2026-06-01", "review_date": "2025-06-01"}],
    expected="'不早于 ' || issue_date",
    bad_rows_where="""
        review_date < issue_date
    """,
)
