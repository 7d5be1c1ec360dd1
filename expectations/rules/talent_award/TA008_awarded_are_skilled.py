"""TA008: Who is awarded for his skill has one."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TA008",
    dataset="talent_award",
    severity="info",
    fields=("skill_level", "award_name"),
    message="技能人才称号的获得者，技能等级在高级工以下。",
    why="这些称号面向高技能人才，等级过低多半是代码填反。",
    fix="请核对技能等级；注意1级最高、5级最低。",
    basis="高技能人才：高级工以上",
    passes=[{"award_name": "3", "skill_level": "3"}, {"award_name": "8", "skill_level": "5"}, {"award_name": "1"}],
    fails=[{"award_name": "3", "skill_level": "5"}, {"award_name": "1", "skill_level": "X"}],
    bad_rows_where="""
        award_name in ('1', '3', '4', '5', '6', '7')
        and skill_level in ('4', '5', 'X')
    """,
)
