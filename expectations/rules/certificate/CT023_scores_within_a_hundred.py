"""CT023: Scores are between nought and a hundred."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT023",
    dataset="certificate",
    severity="warning",
    fields=("theory_score", "practice_score"),
    message="成绩不在0至100之间。",
    why="成绩用来核对能否发证，超出范围说明填错了列或小数点。",
    fix="请按百分制填写成绩。",
    basis="一般考核惯例（未确认）",
    passes=[{"theory_score": "100", "practice_score": "0"}, {"theory_score": "合格"}, {"cert_type": "02"}],
    fails=[{"theory_score": "850"}, {"practice_score": "-1"}],
    bad_rows_where="""
        try_cast(theory_score as double) not between 0 and 100
        or try_cast(practice_score as double) not between 0 and 100
    """,
)
