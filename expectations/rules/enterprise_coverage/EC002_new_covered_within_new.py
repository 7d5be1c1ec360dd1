"""EC002: A part is not more than the whole."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC002",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("new_workers_covered", "new_workers"),
    message="新上岗培训人数大于新上岗人员数。",
    why="新上岗培训率不可能超过百分之百，超过说明两个人数的口径不一致。",
    fix="请核对两个人数。",
    basis="常识",
    passes=[{"new_workers_covered": 10, "new_workers": 10}],
    fails=[{"new_workers_covered": 11, "new_workers": 10}],
    expected="'不大于 ' || new_workers",
    bad_rows_where="""
        new_workers_covered > new_workers
    """,
)
