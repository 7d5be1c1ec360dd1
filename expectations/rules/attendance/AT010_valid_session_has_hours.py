"""AT010: A session that counts has hours."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AT010",
    dataset="attendance",
    severity="warning",
    fields=("hours", "valid"),
    message="填写为有效考勤，学时却是0。",
    why="有效考勤按学时累计，0学时说明学时漏填或本次不应算有效。",
    fix="请填写学时，或把“是否有效”改为“否”。",
    basis="常识",
    passes=[{"valid": True, "hours": 3}, {"valid": False, "hours": 0}, {"hours": 0}],
    fails=[{"valid": True, "hours": 0}],
    bad_rows_where="""
        valid
        and hours = 0
    """,
)
