"""AT011: Who left has come."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AT011",
    dataset="attendance",
    severity="warning",
    fields=("session_start", "session_end"),
    message="填写了下课时间，但没有上课时间。",
    why="没有上课时间就算不出在课的长短，也无法与同一天的其他记录区分。",
    fix="请补填上课时间。",
    basis="数据合同：主键",
    passes=[{"session_start": "09:00:00", "session_end": "11:30:00"}, {"session_date": "2026-06-02"}],
    fails=[{"session_end": "11:30:00"}],
    bad_rows_where="""
        session_end is not null
        and session_start is null
    """,
)
