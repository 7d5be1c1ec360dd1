"""AT008: The hours of a day fit into the day."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

MOST = threshold("attended_hours_per_day", "session_date")

rule(
    code="AT008",
    dataset="attendance",
    severity="warning",
    fields=("hours", "session_date"),
    message="同一人同一天几次上课的学时合计过多。",
    why="学时合计超出一天所能安排的，审计会怀疑学时不实。",
    fix="请核对当天各次的学时，也看有没有重复登记。",
    basis="课时不足",
    passes=[
        {"class_id": "SZ-0001", "id_no": "A", "session_date": "2026-06-02", "session_start": "09:00:00", "hours": 6},
        {"class_id": "SZ-0001", "id_no": "A", "session_date": "2026-06-02", "session_start": "14:00:00", "hours": 6},
        {"class_id": "SZ-0001", "id_no": "A", "session_date": "2026-06-03", "hours": 13},
    ],
    fails=[
        {"class_id": "SZ-0002", "id_no": "A", "session_date": "2026-06-02", "session_start": "09:00:00", "hours": 6},
        {"class_id": "SZ-0002", "id_no": "A", "session_date": "2026-06-02", "session_start": "14:00:00", "hours": 6.5},
    ],
    unless=("AT004",),
    bad_rows=f"""
        select submission_id, row_index
        from {{batch}}
        semi join (
            select submission_id, class_id, id_no, session_date
            from {{batch}}
            group by all
            having count(*) > 1 and sum(hours) > {MOST}
        ) using (submission_id, class_id, id_no, session_date)
    """,
)
