"""IN003: Schools, enterprises and associations are legal persons."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN003",
    dataset="institution_directory",
    severity="warning",
    fields=("uscc", "entity_type"),
    message="这类机构应填写统一社会信用代码。",
    why="培训班按统一社会信用代码认机构，缺少代码时这家机构的班都对不上目录。",
    fix="请补填18位代码。",
    basis="GB 32100-2015",
    passes=[{"entity_type": "1", "uscc": "91350100M000100Y43"}, {"entity_type": "10", "carrier_no": "SZ-DS-001"}],
    fails=[{"entity_type": "1", "carrier_no": "SZ-DS-001"}, {"entity_type": "15", "carrier_no": "SZ-DS-002"}],
    unless=("IN001",),
    bad_rows_where="""
        entity_type in ('1', '2', '3', '4', '5', '6', '7', '8', '15')
        and uscc is null
    """,
)
