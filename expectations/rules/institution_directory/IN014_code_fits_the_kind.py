"""IN014: A credit code's first two places tell the kind of body."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN014",
    dataset="institution_directory",
    severity="warning",
    fields=("entity_type", "uscc"),
    message="机构类别是社会组织，信用代码却不是社会组织的：应以51、52、53开头。",
    why="机构类别决定适用的办学和评价条件，填错会归错类。",
    fix="请核对机构类别和信用代码。",
    basis="GB 32100-2015",
    passes=[
        {"entity_type": "6", "uscc": "51440300MJX0000000"},
        {"entity_type": "1", "uscc": "91350100M000100Y43"},
        {"entity_type": "6"},
    ],
    fails=[{"entity_type": "6", "uscc": "91350100M000100Y43"}],
    bad_rows_where="""
        entity_type = '6'
        and left(uscc, 1) <> '5'
    """,
)
