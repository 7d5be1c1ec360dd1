"""CP008: Nobody takes part in what is cancelled."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP008",
    dataset="competition",
    severity="warning",
    fields=("status", "participants"),
    message="赛项状态为取消，却填写了参赛人数。",
    why="取消的赛项不计数，其实举办了的会漏计。",
    fix="请核对赛项状态；取消的清空参赛人数。",
    basis="常识",
    passes=[{"status": "3"}, {"status": "3", "participants": 0}, {"status": "2", "participants": 120}],
    fails=[{"status": "3", "participants": 120}],
    bad_rows_where="""
        status = '3'
        and participants > 0
    """,
)
