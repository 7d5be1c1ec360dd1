"""TC007: There is a limit to what a class teaches in a day, in hours of 45 minutes."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

MOST = f"{threshold('planned_hours_per_day', 'start_date')} * (end_date - start_date + 1)"

rule(
    code="TC007",
    dataset="training_class",
    severity="warning",
    fields=("planned_hours", "start_date", "end_date"),
    message="计划课时超过这些天数所能安排的课时。",
    why="每天的课时超出合理范围，说明课时或日期填错，审计会怀疑课时不实。",
    fix="请核对计划课时和起止日期。",
    basis="课时与天数不符",
    passes=[{"planned_hours": 80, "start_date": "2026-06-01", "end_date": "2026-06-08"}],
    fails=[{"planned_hours": 80, "start_date": "2026-06-01", "end_date": "2026-06-07"}],
    expected=f"'不多于 ' || {MOST}",
    unless=("TC001",),
    bad_rows_where=f"""
        planned_hours > {MOST}
    """,
)
