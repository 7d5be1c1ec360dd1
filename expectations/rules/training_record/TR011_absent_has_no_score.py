"""TR011: Who was absent has no score."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR011",
    dataset="training_record",
    severity="warning",
    fields=("exam_result", "theory_score", "practice_score"),
    message="考核结果为缺考，却填写了成绩。",
    why="缺考不计入合格率的分母，误填会使合格率偏高。",
    fix="请核对考核结果；参加了考试的请改为合格或不合格。",
    basis="常识",
    passes=[{"exam_result": "2"}, {"exam_result": "0", "theory_score": 40}],
    fails=[{"exam_result": "2", "theory_score": 75}, {"exam_result": "2", "practice_score": 0}],
    bad_rows_where="""
        exam_result = '2'
        and (theory_score is not null or practice_score is not null)
    """,
)
