"""TR029: A code belongs to one employer."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR029",
    dataset="training_record",
    severity="info",
    fields=("employer_name", "employer_uscc"),
    message="同一个单位信用代码对应几个不同的工作单位名称，本行的名称用得较少。",
    why="按代码汇总企业时名称不一，说明名称或代码有写错的。",
    fix="请核对单位全称和信用代码。",
    basis="GB 32100-2015",
    passes=[
        {"employer_uscc": "91350100M000100Y43", "employer_name": "甲公司"},
        {"employer_uscc": "91350100M000100Y43", "employer_name": "甲公司"},
        {"employer_uscc": "91310115MA1K3BTP2B", "employer_name": "丙公司"},
    ],
    fails=[{"employer_uscc": "91350100M000100Y43", "employer_name": "乙公司"}],
    pair=("employer_uscc",),
    apart="employer_name",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, employer_uscc, employer_name
            from (
                select
                    submission_id,
                    employer_uscc,
                    employer_name,
                    row_number() over (
                        partition by submission_id, employer_uscc
                        order by count(*) desc, employer_name
                    ) as place
                from {batch}
                where employer_uscc is not null and employer_name is not null
                group by submission_id, employer_uscc, employer_name
            )
            where place > 1
        ) using (submission_id, employer_uscc, employer_name)
    """,
)
