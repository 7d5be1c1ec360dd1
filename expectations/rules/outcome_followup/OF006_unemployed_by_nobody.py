"""OF006: Who is not employed has no employer."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="OF006",
    dataset="outcome_followup",
    severity="warning",
    fields=("is_employed", "employer_uscc"),
    message="填写为未就业，却填写了就业单位信用代码。",
    why="就业率是质效评估的主要指标，漏计会低估培训效果。",
    fix="请核对是否就业；未就业的清空单位代码。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[{"is_employed": False}, {"is_employed": True, "employer_uscc": "91350100M000100Y43"}],
    fails=[{"is_employed": False, "employer_uscc": "91350100M000100Y43"}],
    bad_rows_where="""
        not is_employed
        and employer_uscc is not null
    """,
)
