"""IN008: A code belongs to one institution."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN008",
    dataset="institution_directory",
    severity="warning",
    fields=("uscc", "name"),
    message="同一个信用代码登记了几个不同的机构名称。",
    why="机构按信用代码识别，一码多名会把几家机构算成一家。",
    fix="请核对信用代码和机构全称；更名的只保留新名称。",
    basis="GB 32100-2015",
    passes=[
        {"uscc": "91350100M000100Y43", "name": "甲", "entity_type": "1"},
        {"uscc": "91350100M000100Y43", "name": "甲", "entity_type": "5"},
        {"name": "丙"},
        {"name": "丁"},
    ],
    fails=[
        {"uscc": "91310115MA1K3BTP2B", "name": "甲", "entity_type": "1"},
        {"uscc": "91310115MA1K3BTP2B", "name": "乙", "entity_type": "5"},
    ],
    pair=("uscc",),
    apart="name",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, uscc
            from {batch}
            where uscc is not null
            group by all
            having min(name) <> max(name)
        ) using (submission_id, uscc)
    """,
)
