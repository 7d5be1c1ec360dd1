"""TC008: No class lasts longer than three years."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC008",
    dataset="training_class",
    severity="warning",
    fields=("end_date", "start_date"),
    message="培训班历时超过三年。",
    why="历时过长多半是年份写错，会使人次计入错误的年度。",
    fix="请核对起止日期的年份。",
    basis="常识",
    passes=[{"start_date": "2026-06-01", "end_date": "2028-06-01"}],
    fails=[{"start_date": "2026-06-01", "end_date": "2029-06-02"}],
    bad_rows_where="""
        end_date > start_date + interval 3 years
    """,
)
