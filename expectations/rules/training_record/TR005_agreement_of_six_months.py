"""TR005: The plan asks for six months."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR005",
    dataset="training_record",
    severity="warning",
    fields=("agreement_end", "agreement_start"),
    message="实习协议不足半年。",
    why="不足半年的实习协议不符合参加学徒制的条件，补贴会被追回。",
    fix="请核对协议起止日期；参加企业新型学徒制的毕业年度高校毕业生应签订半年以上实习协议。",
    basis="深人社发〔2025〕51号（十一）",
    passes=[{"agreement_start": "2026-01-01", "agreement_end": "2026-06-30"}],
    fails=[{"agreement_start": "2026-01-01", "agreement_end": "2026-06-29"}],
    unless=("TR006",),
    bad_rows_where="""
        agreement_end < agreement_start + interval 6 months - interval 1 day
    """,
)
