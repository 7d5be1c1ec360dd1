"""TA004: A revoked award pays no bonus."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TA004",
    dataset="talent_award",
    severity="warning",
    fields=("bonus", "status"),
    message="称号已撤销，却填写了奖励金额。",
    why="撤销的称号不计数也不发奖，金额会混入奖励总额。",
    fix="请核对状态；已撤销的清空奖励金额，已发放的在备注写明追回情况。",
    basis="常识",
    passes=[{"status": "3"}, {"status": "3", "bonus": 0}, {"status": "1", "bonus": 5000000}],
    fails=[{"status": "3", "bonus": 5000000}],
    bad_rows_where="""
        status = '3'
        and bonus > 0
    """,
)
