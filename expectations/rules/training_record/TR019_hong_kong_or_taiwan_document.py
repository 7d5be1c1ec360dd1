"""TR019: Who comes from Hong Kong, Macau or Taiwan has no resident card."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR019",
    dataset="training_record",
    severity="warning",
    fields=("person_category", "id_type"),
    message="人员类别是港澳台人员，证件类型却是居民身份证。",
    why="证件类型决定号码怎样校验，填错会使同一人对不上。",
    fix="请核对证件类型和人员类别。",
    basis="港澳台居民居住证申领发放办法",
    passes=[
        {"person_category": "17", "id_type": "04"},
        {"person_category": "17", "id_type": "02"},
        {"person_category": "07", "id_type": "01"},
    ],
    fails=[{"person_category": "17", "id_type": "01"}, {"person_category": "08;17"}],
    bad_rows_where="""
        contains(person_category, '17')
        and coalesce(id_type, '01') = '01'
    """,
)
