"""TR007: A pass needs enough points."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("pass_score_min", "coalesce(completion_date, period_end_date)")

rule(
    code="TR007",
    dataset="training_record",
    severity="warning",
    fields=("exam_result", "theory_score", "practice_score"),
    message="考核结果为合格，但有一项成绩低于合格线。",
    why="合格率由考核结果算出，成绩与结果矛盾时合格率不可信。",
    fix="请核对成绩和考核结果。",
    basis="常识",
    passes=[{"exam_result": "1", "theory_score": 60, "practice_score": 88}, {"exam_result": "3", "theory_score": 55}],
    fails=[{"exam_result": "1", "theory_score": 59}, {"exam_result": "1", "practice_score": 0}],
    expected=f"'不低于 ' || {LEAST}",
    bad_rows_where=f"""
        exam_result = '1'
        and (theory_score < {LEAST} or practice_score < {LEAST})
    """,
)
