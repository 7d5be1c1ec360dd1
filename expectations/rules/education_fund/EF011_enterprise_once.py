"""EF011: One enterprise under two codes."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EF011",
    dataset="education_fund",
    severity="warning",
    fields=("uscc", "employer_name"),
    message="同一企业名称填写了两个不同的信用代码。",
    why="一家企业登记两次，经费会重复相加。",
    fix="请对照营业执照核对信用代码，一家企业只保留一行。",
    workbook_fix="请对照营业执照更正信用代码；同一家企业报了两行的，多余的一行“处理方式”填“作废”。",
    basis="GB 32100-2015",
    passes=[
        {"uscc": "91350100M000100Y43", "employer_name": "甲"},
        {"uscc": "91310115MA1K3BTP2B", "employer_name": "乙"},
    ],
    fails=[
        {"uscc": "91350100M000100Y43", "employer_name": "丙"},
        {"uscc": "91310115MA1K3BTP2B", "employer_name": "丙"},
    ],
    pair=("employer_name",),
    apart="uscc",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, employer_name
            from {batch}
            group by all
            having min(uscc) <> max(uscc)
        ) using (submission_id, employer_name)
    """,
)
