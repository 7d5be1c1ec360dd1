"""TR908: Some programmes are for one group: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR908",
    dataset="training_record",
    severity="warning",
    fields=("person_category", "class_id"),
    message="班级的项目标签只面向特定人员，本班有 {rows} 人的人员类别不含这类人员。",
    why="退役军人适应性培训和农民工提升训练按人员考核，身份不符的会被剔除。",
    fix="请核对人员类别：退役军人适应性培训应含09，农民工职业技能提升训练应含06；或核对班级的项目标签。",
    basis="深人社发〔2025〕51号（一）（四）",
    passes=[
        {
            "training_record": [{"class_id": "SZ-0001", "person_category": "09"}],
            "known_class": [{"class_id": "SZ-0001", "programs": "15"}],
        },
        {
            "training_record": [{"class_id": "SZ-0001", "person_category": "06;07"}],
            "known_class": [{"class_id": "SZ-0001", "programs": "03;10"}],
        },
        {
            "training_record": [{"class_id": "SZ-0001", "person_category": "07"}],
            "known_class": [{"class_id": "SZ-0001", "programs": "02"}],
        },
    ],
    fails=[
        {
            "training_record": [{"class_id": "SZ-0001", "person_category": "07"}],
            "known_class": [{"class_id": "SZ-0001", "programs": "15"}],
        },
        {
            "training_record": [{"class_id": "SZ-0001", "person_category": "02"}],
            "known_class": [{"class_id": "SZ-0001", "programs": "03"}],
        },
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        join known_class as class using (class_id)
        where
            contains(programs, '15') and not contains(person_category, '09')
            or contains(programs, '03') and not contains(person_category, '06')
        group by submission_id, class_id
    """,
)
