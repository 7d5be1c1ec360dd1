"""AT003: Hours of 45 minutes against the time between start and end."""

from __future__ import annotations

from expectations.rule import rule

MINUTES = "date_diff('minute', try_cast(session_start as time), try_cast(session_end as time))"

rule(
    code="AT003",
    dataset="attendance",
    severity="warning",
    fields=("hours", "session_start", "session_end"),
    message="学时多于上课时间所能容纳的1.5倍（每学时45分钟）。",
    why="实际课时是核算补贴的依据，超出上课时间的学时会被当作虚报。",
    fix="请核对学时和上下课时间。",
    basis="课时不足",
    passes=[{"hours": 3, "session_start": "09:00:00", "session_end": "11:30:00"}],
    fails=[{"hours": 6, "session_start": "09:00:00", "session_end": "11:30:00"}],
    unless=("AT002", "AT004"),
    bad_rows_where=f"""
        hours > 1.5 * {MINUTES} / 45
    """,
)
