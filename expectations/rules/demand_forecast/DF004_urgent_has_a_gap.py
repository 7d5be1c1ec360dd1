"""DF004: What is urgently needed is lacking."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="DF004",
    dataset="demand_forecast",
    severity="warning",
    fields=("is_urgent", "gap"),
    message="填写为急需紧缺，缺口却不大于0。",
    why="急需紧缺目录由缺口决定，没有缺口的职业进不了目录。",
    fix="请核对缺口和是否急需紧缺。",
    basis="深人社发〔2025〕51号（十六）",
    passes=[{"is_urgent": True, "gap": 10}, {"is_urgent": False, "gap": 0}, {"is_urgent": True}],
    fails=[{"is_urgent": True, "gap": 0}, {"is_urgent": True, "gap": -5}],
    unless=("DF001",),
    bad_rows_where="""
        is_urgent
        and gap <= 0
    """,
)
