"""CA001: A case is closed after it was found."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CA001",
    dataset="enforcement_case",
    severity="critical",
    fields=("closed_date", "found_date"),
    message="办结日期早于发现日期。",
    why="办理时长由两个日期算出，先后颠倒会使查处效率的统计失真。",
    fix="请核对两个日期。",
    basis="常识",
    passes=[{"found_date": "2026-06-01", "closed_date": "2026-06-20"}],
    fails=[{"found_date": "2026-06-01", "closed_date": "2026-05-20"}],
    expected="'不早于 ' || found_date",
    bad_rows_where="""
        closed_date < found_date
    """,
)
