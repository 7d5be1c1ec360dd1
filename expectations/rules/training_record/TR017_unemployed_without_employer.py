"""TR017: Who is registered as unemployed has no employer."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR017",
    dataset="training_record",
    severity="warning",
    fields=("employer_name", "person_category"),
    message="人员类别是登记失业人员或失业青年，却填写了工作单位。",
    why="失业人员的培训另有补贴标准，填了单位说明身份或单位有一项不对。",
    fix="请核对参训时的人员类别和工作单位。",
    basis="就业促进法：失业登记",
    passes=[{"person_category": "03"}, {"person_category": "07", "employer_name": "某公司"}],
    fails=[
        {"person_category": "03", "employer_name": "某公司"},
        {"person_category": "04;14", "employer_uscc": "91350100M000100Y43"},
    ],
    unless=("TR016",),
    bad_rows_where="""
        regexp_matches(person_category, '03|14')
        and (employer_name is not null or employer_uscc is not null)
    """,
)
