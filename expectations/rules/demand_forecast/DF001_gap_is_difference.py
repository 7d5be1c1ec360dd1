"""DF001: Gap is demand less stock."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="DF001",
    dataset="demand_forecast",
    severity="warning",
    fields=("gap", "demand", "current_stock"),
    message="缺口不等于需求人数减现有人数。",
    why="缺口是安排培训计划的依据，与需求、现有人数对不上时无法采用。",
    fix="请核对三个数。",
    basis="数据报送约定：缺口 = 需求 − 现有",
    passes=[{"demand": 100, "current_stock": 60, "gap": 40}, {"demand": 100, "gap": 7}],
    fails=[{"demand": 100, "current_stock": 60, "gap": 50}],
    expected="cast(demand - current_stock as varchar)",
    bad_rows_where="""
        gap <> demand - current_stock
    """,
)
