"""ER006: A registered enterprise employs somebody."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="ER006",
    dataset="enterprise_register",
    severity="warning",
    fields=("employees",),
    message="名录企业的从业人员数为0。",
    why="名录人数是覆盖率的分母，填0的企业等于不在名录中。",
    fix="请核对从业人员数；已停业的企业不再列入名录。",
    basis="常识",
    passes=[{"employees": 1}],
    fails=[{"employees": 0}],
    bad_rows_where="""
        employees = 0
    """,
)
