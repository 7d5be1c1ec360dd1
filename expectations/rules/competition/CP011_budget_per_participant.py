"""CP011: Nobody's taking part costs a hundred thousand yuan."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP011",
    dataset="competition",
    severity="warning",
    fields=("budget", "participants"),
    message="办赛经费平均到每名参赛者超过10万元，像是把元当作万元换算了一次。",
    why="经费单位填错会使总额成倍失真。",
    fix="请核对办赛经费的单位和参赛人数。",
    basis="数据报送约定：金额单位",
    passes=[{"budget": 50000000, "participants": 120}, {"budget": 50000000}, {"budget": 50000000, "participants": 0}],
    fails=[{"budget": 5000000000, "participants": 120}],
    expected="printf('%.2f', budget / 1000000)",
    bad_rows_where="""
        participants > 0
        and budget > 10000000 * participants
    """,
)
