"""TR013: Who completes was there most of the time."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("attendance_rate_min", "coalesce(completion_date, period_end_date)")

rule(
    code="TR013",
    dataset="training_record",
    severity="warning",
    fields=("attendance_rate", "completed"),
    message="已结业，但出勤率低于结业的最低要求。",
    why="结业人次以足够的课时为前提，出勤不足的结业经不起核查。",
    fix="请核对出勤率；确实出勤不足的，请把“是否结业”改为“否”。",
    basis="一般办班惯例（未确认）",
    passes=[
        {"completed": True, "attendance_rate": 0.8},
        {"completed": False, "attendance_rate": 0.3},
        {"completed": True},
    ],
    fails=[{"completed": True, "attendance_rate": 0.79}],
    expected=f"'不低于 ' || {LEAST} || '%'",
    unless=("TR008", "TR010"),
    bad_rows_where=f"""
        completed
        and attendance_rate * 100 < {LEAST}
    """,
)
