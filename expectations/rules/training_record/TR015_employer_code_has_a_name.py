"""TR015: An employer's code stands with its name."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR015",
    dataset="training_record",
    severity="warning",
    fields=("employer_name", "employer_uscc"),
    message="填写了单位统一社会信用代码，但没有工作单位。",
    why="没有名称，代码写错时看不出来，也无法按单位通知核对。",
    fix="请补填工作单位的全称。",
    basis="数据合同：工作单位",
    passes=[{"employer_name": "某公司", "employer_uscc": "91350100M000100Y43"}, {"employer_name": "某公司"}],
    fails=[{"employer_uscc": "91350100M000100Y43"}],
    unless=("TR014",),
    bad_rows_where="""
        employer_uscc is not null
        and employer_name is null
    """,
)
