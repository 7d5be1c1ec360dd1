"""TR022: An agreement has a first and a last day."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR022",
    dataset="training_record",
    severity="warning",
    fields=("agreement_end", "agreement_start"),
    message="协议只填写了一个日期。",
    why="学徒制要核对协议期限，缺一个日期就无法核对。",
    fix="请补填协议的另一个日期；没有协议的两个都清空。",
    basis="深人社发〔2025〕51号（十一）",
    passes=[{"agreement_start": "2026-01-01", "agreement_end": "2026-12-31"}, {"completed": False}],
    fails=[{"agreement_start": "2026-01-01"}, {"agreement_end": "2026-12-31"}],
    bad_rows_where="""
        (agreement_start is null) <> (agreement_end is null)
    """,
)
