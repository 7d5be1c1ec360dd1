"""DF005: An occupation's code belongs to one name."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="DF005",
    dataset="demand_forecast",
    severity="info",
    fields=("occupation_name", "occupation_code"),
    message="同一个职业编码和等级填写了几个不同的职业名称。",
    why="同一职业分成几行，需求会重复或分散。",
    fix="请核对职业编码；同一职业合并为一行。",
    workbook_fix="请核对职业编码；是同一职业的，把数填在一行，其余的行“处理方式”填“作废”。",
    basis="职业分类大典（2022年版）",
    passes=[
        {"occupation_code": "4-10-01-05", "occupation_name": "养老护理员", "skill_level": "5"},
        {"occupation_code": "4-10-01-05", "occupation_name": "养老护理员", "skill_level": "4"},
        {"occupation_name": "甲"},
        {"occupation_name": "乙"},
    ],
    fails=[
        {"occupation_code": "6-31-01-03", "occupation_name": "电工", "skill_level": "5"},
        {"occupation_code": "6-31-01-03", "occupation_name": "维修电工", "skill_level": "5"},
    ],
    pair=("occupation_code", "coalesce(skill_level, '')"),
    apart="occupation_name",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        join (
            select submission_id, occupation_code, coalesce(skill_level, '') as level
            from {batch}
            where occupation_code is not null
            group by all
            having min(occupation_name) <> max(occupation_name)
        ) as several using (submission_id, occupation_code)
        where coalesce(skill_level, '') = level
    """,
)
