"""CP009: Only participants are promoted."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP009",
    dataset="competition",
    severity="warning",
    fields=("certs_awarded", "participants"),
    message="晋升技能等级人数多于参赛人数。",
    why="晋升人数计入取证统计，不可能多于参赛的人。",
    fix="请核对两个人数。",
    basis="常识",
    passes=[{"participants": 100, "certs_awarded": 100}, {"certs_awarded": 3}],
    fails=[{"participants": 100, "certs_awarded": 101}],
    expected="'不多于 ' || participants",
    unless=("CP003",),
    bad_rows_where="""
        certs_awarded > participants
    """,
)
