"""TR016: Nobody is both of these at a time."""

from __future__ import annotations

from expectations.rule import rule

# Unemployed or confined and employed; unemployed and a pupil; a graduate and a school leaver.
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
    bad_rows_where="""
        contains(person_category, '03') and contains(person_category, '07')
        or contains(person_category, '14') and contains(person_category, '07')
        or contains(person_category, '15') and contains(person_category, '07')
        or contains(person_category, '03') and contains(person_category, '15')
        or contains(person_category, '01') and contains(person_category, '13')
        or contains(person_category, '11') and contains(person_category, '07')
        or contains(person_category, '12') and contains(person_category, '07')
    """,
)
