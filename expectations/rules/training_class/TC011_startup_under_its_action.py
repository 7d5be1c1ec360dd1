"""TC011: Start-up training belongs to its own special action."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC011",
    dataset="training_class",
    severity="warning",
    fields=("special_action", "project_type"),
    message="创业培训没有归入专项行动“创业培训‘马兰花’”（10）。",
    why="专项行动决定人次计入方案的哪一条，归错会使创业培训漏计。",
    fix="请核对培训类型和专项行动。",
    basis="深人社发〔2025〕51号（十）",
    passes=[{"project_type": "03", "special_action": "10"}, {"project_type": "01", "special_action": "02"}],
    fails=[{"project_type": "03", "special_action": "01"}],
    unless=("TC006",),
    bad_rows_where="""
        project_type = '03'
        and special_action <> '10'
    """,
)
