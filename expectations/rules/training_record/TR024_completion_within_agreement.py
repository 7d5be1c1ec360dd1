"""TR024: Nobody completes before the agreement begins."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR024",
    dataset="training_record",
    severity="warning",
    fields=("completion_date", "agreement_start"),
    message="结业时间早于协议开始日期。",
    why="学徒在协议期内培训，协议之前结业的不符合学徒制条件。",
    fix="请核对结业时间和协议开始日期的年份。",
    basis="深人社发〔2025〕51号（十一）",
    passes=[{"agreement_start": "2026-01-01", "completion_date": "2026-06-10"}, {"completion_date": "2026-06-10"}],
    fails=[{"agreement_start": "2026-06-11", "completion_date": "2026-06-10"}],
    expected="'不早于 ' || agreement_start",
    bad_rows_where="""
        completion_date < agreement_start
    """,
)
