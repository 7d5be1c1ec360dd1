"""EF010: Nobody is trained fifty times a year."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EF010",
    dataset="education_fund",
    severity="warning",
    fields=("trained_persons", "employees"),
    message="培训人次超过职工人数的50倍。",
    why="人次多填一两位会使全市合计失真。",
    fix="请核对培训人次和职工人数。",
    basis="常识",
    passes=[{"trained_persons": 5000, "employees": 100}, {"trained_persons": 5}],
    fails=[{"trained_persons": 5001, "employees": 100}],
    bad_rows_where="""
        employees > 0
        and trained_persons > 50 * employees
    """,
)
