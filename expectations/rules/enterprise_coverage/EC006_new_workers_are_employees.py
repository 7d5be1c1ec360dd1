"""EC006: Newcomers are employees."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC006",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("new_workers", "employees"),
    message="新上岗人员数大于从业人员数。",
    why="覆盖率以从业人员数为分母，新上岗的人应包含在内。",
    fix="请核对两个人数。",
    basis="深人社发〔2025〕51号（八）",
    passes=[{"employees": 100, "new_workers": 100}, {"employees": 100}],
    fails=[{"employees": 100, "new_workers": 101}],
    expected="'不大于 ' || employees",
    unless=("EC002",),
    bad_rows_where="""
        new_workers > employees
    """,
)
