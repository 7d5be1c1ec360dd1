"""AT002: A session ends after it starts."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AT002",
    dataset="attendance",
    severity="warning",
    fields=("session_end", "session_start"),
    message="下课时间不晚于上课时间。",
    why="上课时长由起止时间算出，先后颠倒就无法证明上满了课时。",
    fix="请核对签到和签退时间，按24小时制填写。",
    basis="常识",
    passes=[{"session_start": "09:00:00", "session_end": "11:30:00"}],
    fails=[{"session_start": "09:00:00", "session_end": "09:00:00"}],
    bad_rows_where="""
        session_end <= session_start
    """,
)
