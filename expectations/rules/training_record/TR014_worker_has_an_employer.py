"""TR014: Where employers are told, an enterprise's worker has one."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR014",
    dataset="training_record",
    severity="warning",
    fields=("employer_name", "employer_uscc", "person_category"),
    message="人员类别含企业职工，却没有填写工作单位。",
    why="企业职工的培训要按单位核对，也用来计算企业的参训面。",
    fix="请补填工作单位和它的信用代码，或核对人员类别。",
    basis="数据合同：工作单位",
    passes=[
        {"person_category": "07", "employer_name": "某公司"},
        {"person_category": "06"},
        {"person_category": "07", "employer_uscc": "91350100M000100Y43"},
        {"submission_id": "B", "person_category": "07"},
    ],
    fails=[{"person_category": "06;07"}],
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id
            from {batch}
            group by all
            having count(employer_name) > 0
        ) using (submission_id)
        where
            contains(person_category, '07')
            and employer_name is null
            and employer_uscc is null
    """,
)
