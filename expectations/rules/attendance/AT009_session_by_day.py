"""AT009: Classes are held between six and twenty-three."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AT009",
    dataset="attendance",
    severity="info",
    fields=("session_start", "session_end"),
    message="上课时间在深夜（早于6点开始或晚于23点结束）。",
    why="半夜的上课记录多半是上午下午写错，核查时会被问到。",
    fix="请核对上课和下课时间，按24小时制填写。",
    basis="常识",
    passes=[{"session_start": "06:00:00", "session_end": "23:00:00"}, {"session_date": "2026-06-02"}],
    fails=[
        {"session_start": "02:30:00", "session_end": "05:00:00"},
        {"session_start": "20:00:00", "session_end": "23:30:00"},
    ],
    bad_rows_where="""
        session_start < '06:00:00'
        or session_end > '23:00:00'
    """,
)
