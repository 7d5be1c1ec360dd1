"""TR025: Hours divided by the rate are the class's hours, the same for all its trainees."""

from __future__ import annotations

from expectations.rule import rule

IMPLIED = "attended_hours / nullif(attendance_rate, 0)"

rule(
    code="TR025",
    dataset="training_record",
    severity="warning",
    fields=("attendance_rate", "attended_hours", "class_id"),
    message="出勤率与实际课时不匹配：按这两项算出的总课时与同班其他学员不同。",
    why="课时或出勤率有一项填错，会影响能否结业和补贴金额。",
    fix="请核对实际课时和出勤率，出勤率等于实际课时除以计划课时。",
    basis="常识",
    passes=[
        {"class_id": "SZ-0001", "attended_hours": 40, "attendance_rate": 1},
        {"class_id": "SZ-0001", "attended_hours": 38, "attendance_rate": 0.95},
        {"class_id": "SZ-0001", "attended_hours": 20, "attendance_rate": 0.5},
        {"class_id": "SZ-0002", "attended_hours": 20, "attendance_rate": 0.5},
        {"class_id": "SZ-0001", "attended_hours": 0, "attendance_rate": 0},
    ],
    fails=[{"class_id": "SZ-0001", "attended_hours": 40, "attendance_rate": 0.5}],
    unless=("TR010",),
    bad_rows=f"""
        select submission_id, row_index
        from {{batch}}
        join (
            select submission_id, class_id, median({IMPLIED}) as hours
            from {{batch}}
            group by all
            having count(*) >= 3
        ) using (submission_id, class_id)
        where abs({IMPLIED} / hours - 1) > 0.1
    """,
)
