"""IN016: Only colleges of craftsmen have a tier."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN016",
    dataset="institution_directory",
    severity="warning",
    fields=("college_tier", "entity_type"),
    message="填写了工匠学院层级，机构类别却不是工匠学院。",
    why="工匠学院按层级计入任务，类别填错会漏计。",
    fix="请核对机构类别；不是工匠学院的清空层级。",
    basis="深人社发〔2025〕51号（十一）",
    passes=[{"entity_type": "14", "college_tier": "2"}, {"entity_type": "9"}],
    fails=[{"entity_type": "9", "college_tier": "2"}],
    bad_rows_where="""
        college_tier is not null
        and entity_type <> '14'
    """,
)
