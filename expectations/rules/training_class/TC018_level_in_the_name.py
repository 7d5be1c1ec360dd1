"""TC018: The name tells another level."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC018",
    dataset="training_class",
    severity="warning",
    fields=("skill_level", "class_name"),
    message="班级名称中的等级与培训等级不一致。",
    why="等级决定补贴标准，也要与学员的证书一致。",
    fix="请核对培训等级；注意一级最高、五级最低。",
    basis="国家职业技能标准：一级最高，五级最低",
    passes=[
        {"class_name": "养老护理员（五级）第3期", "skill_level": "5"},
        {"class_name": "养老护理员第3期", "skill_level": "5"},
        {"class_name": "电工三级、四级班", "skill_level": "4"},
        {"class_name": "中级工班"},
    ],
    fails=[
        {"class_name": "养老护理员（五级）第3期", "skill_level": "3"},
        {"class_name": "电工高级工班", "skill_level": "1"},
    ],
    bad_rows_where="""
        regexp_matches(class_name, '一级|高级技师|二级|三级|高级工|四级|中级工|五级|初级工')
        and (
            (skill_level = '1' and not regexp_matches(class_name, '一级|高级技师'))
            or (skill_level = '2' and not regexp_matches(class_name, '二级'))
            or (skill_level = '3' and not regexp_matches(class_name, '三级|高级工'))
            or (skill_level = '4' and not regexp_matches(class_name, '四级|中级工'))
            or (skill_level = '5' and not regexp_matches(class_name, '五级|初级工'))
        )
    """,
)
