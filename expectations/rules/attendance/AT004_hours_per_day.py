"""AT004: There is a limit to what one attends in a day."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

MOST = threshold("attended_hours_per_day", "session_date")

rule(
    code="AT004",
    dataset="attendance",
    severity="warning",
    fields=("hours", "session_date"),
    message="一天的学时超过一人一天的上限。",
    why="一天的学时超出常人所能，审计会据此怀疑考勤不真实。",
    fix="请核对学时。",
    basis="课时不足",
    passes=[{"hours": 12, "session_date": "2026-06-10"}, {"hours": 13}],
    fails=[{"hours": 12.5, "session_date": "2026-06-10"}],
    expected=f"'不多于 ' || {MOST}",
    bad_rows_where=f"""
        hours > {MOST}
    """,
)
