"""IN004: The craftsman colleges are counted by tier."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN004",
    dataset="institution_directory",
    severity="warning",
    fields=("college_tier", "entity_type"),
    message="工匠学院没有填写层级。",
    why="工匠学院体系按“1+50+N”分层统计，没有层级就不能计入。",
    fix="请填写：1 总院、2 分院、3 教学点。",
    basis="深人社发〔2025〕51号（十一）“1+50+N”",
    passes=[{"entity_type": "14", "college_tier": "1"}, {"entity_type": "1"}],
    fails=[{"entity_type": "14"}],
    bad_rows_where="""
        entity_type = '14'
        and college_tier is null
    """,
)
