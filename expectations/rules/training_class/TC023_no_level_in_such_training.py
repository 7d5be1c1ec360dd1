"""TC023: Start-up and safety training have no level."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC023",
    dataset="training_class",
    severity="warning",
    fields=("skill_level", "project_type"),
    message="创业培训、安全技能培训没有职业技能等级，却填写了培训等级。",
    why="填了等级的班会被要求有等级证书，也会套用错误的补贴标准。",
    fix="请清空培训等级；如确是等级培训，请改培训类型。",
    basis="国家职业技能标准",
    passes=[{"project_type": "07"}, {"project_type": "02", "skill_level": "4"}],
    fails=[{"project_type": "03", "skill_level": "5"}, {"project_type": "07", "skill_level": "4"}],
    bad_rows_where="""
        project_type in ('03', '07')
        and skill_level is not null
    """,
)
