"""OF005: Who is employed is employed by somebody."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="OF005",
    dataset="outcome_followup",
    severity="info",
    fields=("employer_uscc", "is_employed"),
    message="填写为已就业，但没有就业单位信用代码。",
    why="就业质量按单位和行业分析，没有代码的只能算灵活就业。",
    fix="请补填就业单位信用代码；灵活就业的不必填写。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[
        {"is_employed": True, "employer_uscc": "91350100M000100Y43"},
        {"is_employed": False},
        {"is_employed": True, "has_started_business": True},
    ],
    fails=[{"is_employed": True}],
    bad_rows_where="""
        is_employed
        and employer_uscc is null
        and not coalesce(has_started_business, false)
    """,
)
