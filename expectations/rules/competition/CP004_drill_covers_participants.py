"""CP004: The drill reaches at least those who compete."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP004",
    dataset="competition",
    severity="warning",
    fields=("drill_coverage", "participants"),
    message="岗位练兵覆盖职工数少于参赛人数。",
    why="岗位练兵的覆盖面包含参赛的职工，覆盖数偏小说明两个数至少有一个不对。",
    fix="请核对两个人数。",
    basis="常识",
    passes=[{"drill_coverage": 500, "participants": 120}],
    fails=[{"drill_coverage": 100, "participants": 120}],
    bad_rows_where="""
        drill_coverage < participants
    """,
)
