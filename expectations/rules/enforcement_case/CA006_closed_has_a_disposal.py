"""CA006: A closed case has a result."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CA006",
    dataset="enforcement_case",
    severity="warning",
    fields=("disposal", "closed_date"),
    message="已填写办结日期，但没有处理结果。",
    why="查处情况按处理结果统计，没有结果的算不进任何一类。",
    fix="请补填处理结果。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[{"closed_date": "2026-06-10", "disposal": "1"}, {"found_date": "2026-06-10"}],
    fails=[{"closed_date": "2026-06-10"}],
    unless=("CA001", "CA011"),
    bad_rows_where="""
        closed_date is not null
        and disposal is null
    """,
)
