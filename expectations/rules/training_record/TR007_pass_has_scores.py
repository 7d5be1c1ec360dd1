"""TR007: A pass needs sixty points."""

from __future__ import annotations

from great_expectations.expectations.expectation import Expectation

from expectations.gx_duckdb import rows_where
from expectations.rule import rule


@rule(
    code="TR007",
    dataset="training_record",
    severity="warning",
    fields=("exam_result", "theory_score", "practice_score"),
    message="考核结果为合格，但有一项成绩低于60分。",
    why="合格率由考核结果算出，成绩与结果矛盾时合格率不可信。",
    fix="请核对成绩和考核结果。",
    basis="常识",
    passes=[{"exam_result": "1", "theory_score": 60, "practice_score": 88}, {"exam_result": "3", "theory_score": 55}],
    fails=[{"exam_result": "1", "theory_score": 59}, {"exam_result": "1", "practice_score": 0}],
)
def pass_has_scores() -> Expectation:
    return rows_where("exam_result = '1' and (theory_score < 60 or practice_score < 60)")
