"""TC013: Safety training belongs to the action on safety."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC013",
    dataset="training_class",
    severity="warning",
    fields=("special_action", "project_type"),
    message="安全技能培训没有归入专项行动“安全技能”（08）。",
    why="安全技能培训的人次单独考核，归入别的专项行动就会漏计。",
    fix="请核对培训类型和专项行动。",
    basis="深人社发〔2025〕51号（八）",
    passes=[{"project_type": "07", "special_action": "08"}, {"project_type": "02", "special_action": "04"}],
    fails=[{"project_type": "07", "special_action": "04"}],
    unless=("TC006",),
    bad_rows_where="""
        project_type = '07'
        and special_action <> '08'
    """,
)
