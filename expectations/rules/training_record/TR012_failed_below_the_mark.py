"""TR012: Who reached the mark in both parts has not failed."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("pass_score_min", "coalesce(completion_date, period_end_date)")

rule(
    code="TR012",
    dataset="training_record",
    severity="warning",
    fields=("exam_result", "theory_score", "practice_score"),
    message="两项成绩都达到合格线，考核结果却是不合格。",
    why="结果填错会使这名学员漏计为合格。",
    fix="请核对成绩和考核结果。",
    basis="常识",
    passes=[
        {"exam_result": "0", "theory_score": 59, "practice_score": 80},
        {"exam_result": "0", "theory_score": 80},
        {"exam_result": "1", "theory_score": 60, "practice_score": 60},
    ],
    fails=[{"exam_result": "0", "theory_score": 60, "practice_score": 60}],
    unless=("TR004",),
    bad_rows_where=f"""
        exam_result = '0'
        and theory_score >= {LEAST}
        and practice_score >= {LEAST}
    """,
)
