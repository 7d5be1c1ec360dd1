"""IN019: Who failed the assessment is not simply listed."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN019",
    dataset="institution_directory",
    severity="warning",
    fields=("status", "rating"),
    message="评估等次为不合格，状态仍是在目录。",
    why="评估不合格的应限期整改或移出，状态没有更新会继续开班。",
    fix="请核对评估等次，或更新状态。",
    basis="深人社发〔2025〕51号（十三）",
    passes=[{"rating": "D", "status": "4"}, {"rating": "C", "status": "1"}, {"status": "1"}],
    fails=[{"rating": "D", "status": "1"}],
    bad_rows_where="""
        rating = 'D'
        and status = '1'
    """,
)
