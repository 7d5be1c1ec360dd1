"""EC011: Who is newly covered is covered."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC011",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("new_workers_covered", "covered"),
    message="新上岗培训人数大于已培训（覆盖）人数。",
    why="新上岗的人培训后应计入已培训人数，否则覆盖率偏低。",
    fix="请核对两个人数，已培训人数应包含新上岗的人。",
    basis="深人社发〔2025〕51号（八）",
    passes=[{"covered": 100, "new_workers_covered": 100}, {"covered": 100}],
    fails=[{"covered": 100, "new_workers_covered": 101}],
    unless=("EC001", "EC002"),
    bad_rows_where="""
        new_workers_covered > covered
    """,
)
