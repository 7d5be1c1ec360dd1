"""CT906: A certificate is of the class's level: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT906",
    dataset="certificate",
    severity="warning",
    fields=("skill_level", "class_id"),
    message="证书的等级与所在班级的培训等级不同，本班涉及 {rows} 本。",
    why="等级决定补贴标准，与培训等级不同的要能说明。",
    fix="请核对等级和班级编号；班级的培训等级有误的，请更正开班备案。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[
        {
            "certificate": [{"class_id": "SZ-0001", "skill_level": "5"}],
            "known_class": [{"class_id": "SZ-0001", "skill_level": "5"}],
        },
        {"certificate": [{"class_id": "SZ-0001", "skill_level": "5"}], "known_class": [{"class_id": "SZ-0001"}]},
    ],
    fails=[
        {
            "certificate": [{"class_id": "SZ-0001", "skill_level": "3"}],
            "known_class": [{"class_id": "SZ-0001", "skill_level": "5"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch} as own
        join known_class as class using (class_id)
        where own.skill_level <> class.skill_level
        group by submission_id, class_id
    """,
)
