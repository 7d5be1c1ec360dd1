"""TC019: A code stands where the name belongs."""

from __future__ import annotations

from expectations.identity import full_match
from expectations.rule import rule

rule(
    code="TC019",
    dataset="training_class",
    severity="warning",
    fields=("org_name",),
    message="培训机构名称填的是一串代码。",
    why="报表和核查按机构名称列出，只有代码看不出是哪家。",
    fix="请填写培训机构的全称，信用代码填在它自己的列。",
    basis="常识",
    passes=[{"org_name": "深圳市某职业培训学校"}],
    fails=[{"org_name": "91350100M000100Y43"}, {"org_name": "440301123456789"}],
    bad_rows_where=f"""
        {full_match("org_name", "[0-9A-Z]{8,}")}
    """,
)
