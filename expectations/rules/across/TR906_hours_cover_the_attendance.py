"""TR906: The hours attended are no less than those signed for."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR906",
    dataset="training_record",
    severity="warning",
    fields=("attended_hours", "id_no"),
    message="考勤明细的学时合计多于实际课时。",
    why="实际课时应由考勤累计得出，两处不符时以哪一处为准说不清。",
    fix="请核对实际课时和考勤明细；“应为”一栏是考勤学时的合计。",
    basis="课时不足",
    passes=[
        {
            "training_record": [{"class_id": "SZ-0001", "person_key": "a", "completed": True, "attended_hours": 40}],
            "attendance": [
                {"class_id": "SZ-0001", "person_key": "a", "hours": 4},
                {"class_id": "SZ-0001", "person_key": "a", "hours": 3},
            ],
        },
        {
            "training_record": [{"class_id": "SZ-0001", "person_key": "a", "completed": False, "attended_hours": 4}],
            "attendance": [{"class_id": "SZ-0001", "person_key": "a", "hours": 8}],
        },
        {
            "training_record": [{"class_id": "SZ-0001", "person_key": "a", "completed": True, "attended_hours": 4}],
            "attendance": [
                {"class_id": "SZ-0001", "person_key": "a", "hours": 8, "valid": False},
                {"class_id": "SZ-0001", "person_key": "b", "hours": 8},
            ],
        },
    ],
    fails=[
        {
            "training_record": [{"class_id": "SZ-0001", "person_key": "a", "completed": True, "attended_hours": 4}],
            "attendance": [
                {"class_id": "SZ-0001", "person_key": "a", "hours": 4},
                {"class_id": "SZ-0001", "person_key": "a", "hours": 3, "valid": True},
            ],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, cast(came.hours as varchar) as expected
        from {batch}
        join (
            select class_id, person_key, sum(hours) as hours
            from attendance
            where coalesce(valid, true) and hours <= 12
            group by all
        ) as came using (class_id, person_key)
        where
            completed
            and attended_hours > 0
            and came.hours > 1.2 * attended_hours + 1
    """,
)
