"""AT007: Nobody sits in two sessions of a class at a time."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AT007",
    dataset="attendance",
    severity="warning",
    fields=("session_start", "session_end"),
    message="同一人同一天在本班的两次上课时间重叠。",
    why="重叠的时间会重复计算学时。",
    fix="请核对上课和下课时间。",
    basis="常识",
    passes=[
        {
            "class_id": "SZ-0001",
            "id_no": "A",
            "session_date": "2026-06-02",
            "session_start": "09:00:00",
            "session_end": "11:30:00",
        },
        {
            "class_id": "SZ-0001",
            "id_no": "A",
            "session_date": "2026-06-02",
            "session_start": "11:30:00",
            "session_end": "12:30:00",
        },
        {
            "class_id": "SZ-0001",
            "id_no": "A",
            "session_date": "2026-06-03",
            "session_start": "09:30:00",
            "session_end": "12:30:00",
        },
        {"class_id": "SZ-0001", "id_no": "B", "session_date": "2026-06-02", "session_start": "09:00:00"},
        {
            "class_id": "SZ-0001",
            "id_no": "B",
            "session_date": "2026-06-02",
            "session_start": "10:00:00",
            "session_end": "11:00:00",
        },
    ],
    fails=[
        {
            "class_id": "SZ-0001",
            "id_no": "A",
            "session_date": "2026-06-02",
            "session_start": "12:00:00",
            "session_end": "15:00:00",
        }
    ],
    pair=("class_id", "id_no", "session_date"),
    apart="session_start",
    unless=("AT002",),
    bad_rows="""
        select submission_id, row_index
        from (
            select
                submission_id,
                row_index,
                session_start,
                session_end,
                lag(session_start) over one_day as earlier_start,
                lag(session_end) over one_day as earlier_end
            from {batch}
            where session_start is not null
            window one_day as (
                partition by submission_id, class_id, id_no, session_date
                order by session_start, row_index
            )
        )
        where session_start < earlier_end and session_start > earlier_start
    """,
)
