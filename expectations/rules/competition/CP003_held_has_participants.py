"""CP003: What was held had participants."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP003",
    dataset="competition",
    severity="warning",
    fields=("participants", "status"),
    message="赛项已举办，但没有参赛人数。",
    why="参赛人数是证明赛项确已举办的依据，缺少时赛项的规模无法核实。",
    fix="请填写参赛人数。",
    basis="常识",
    passes=[{"status": "2", "participants": 120}, {"status": "1"}],
    fails=[{"status": "2"}, {"status": "2", "participants": 0}],
    bad_rows_where="""
        status = '2'
        and (participants is null or participants = 0)
    """,
)
