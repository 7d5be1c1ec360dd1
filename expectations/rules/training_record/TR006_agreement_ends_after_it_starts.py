"""TR006: An agreement ends after it starts."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR006",
    dataset="training_record",
    severity="warning",
    fields=("agreement_end", "agreement_start"),
    message="协议结束日期早于开始日期。",
    why="协议期限是参加学徒制的条件，日期颠倒就无法判断是否满半年。",
    fix="请核对协议的两个日期。",
    basis="常识",
    passes=[{"agreement_start": "2026-01-01", "agreement_end": "2026-06-30"}],
    fails=[{"agreement_start": "2026-01-01", "agreement_end": "2025-06-30"}],
    bad_rows_where="""
        agreement_end < agreement_start
    """,
)
