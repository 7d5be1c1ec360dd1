"""TC010: A level belongs to an occupation."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC010",
    dataset="training_class",
    severity="warning",
    fields=("occupation_code", "skill_level"),
    message="填写了培训等级，但没有职业编码。",
    why="等级要与职业一起才能和证书、补贴标准对上。",
    fix="请按《职业分类大典（2022年版）》补填职业编码；没有等级的培训请清空培训等级。",
    basis="职业分类大典（2022年版）",
    passes=[{"skill_level": "5", "occupation_code": "4-10-01-05"}, {"occupation_name": "安全教育"}],
    fails=[{"skill_level": "5"}],
    bad_rows_where="""
        skill_level is not null
        and occupation_code is null
    """,
)
