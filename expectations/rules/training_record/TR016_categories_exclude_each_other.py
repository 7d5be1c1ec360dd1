"""TR016: Nobody is both of these at a time."""

from __future__ import annotations

from expectations.rule import rule

EXCLUSIVE = (("03", "07"), ("14", "07"), ("15", "07"), ("03", "15"), ("01", "13"), ("11", "07"), ("12", "07"))
"""Unemployed or confined and employed; unemployed and a pupil; a graduate and a school leaver."""
BOTH = " or ".join(f"contains(person_category, '{a}') and contains(person_category, '{b}')" for a, b in EXCLUSIVE)

rule(
    code="TR016",
    dataset="training_record",
    severity="warning",
    fields=("person_category",),
    message="人员类别互相矛盾：同一人不能同时属于所填的类别。",
    why="人次按人员类别分组统计，矛盾的类别会使一人算进两组。",
    fix="请核对人员类别，只保留参训时的身份。",
    basis="深人社发〔2025〕51号（一）",
    passes=[{"person_category": "06;07"}, {"person_category": "03"}, {"person_category": "03;04"}],
    fails=[{"person_category": "03;07"}, {"person_category": "07;14"}, {"person_category": "01;13"}],
    bad_rows_where=f"""
        {BOTH}
    """,
)
