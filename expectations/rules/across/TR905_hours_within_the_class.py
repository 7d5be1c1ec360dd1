"""TR905: Nobody attends more than was taught: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR905",
    dataset="training_record",
    severity="warning",
    fields=("attended_hours", "class_id"),
    message="实际课时多于所在班级的计划课时，本班涉及 {rows} 行。",
    why="课时多于计划的部分没有依据，审计会怀疑课时不实。",
    fix="请核对实际课时；如班级加了课，请更正开班备案的计划课时。",
    basis="课时不足",
    passes=[
        {
            "training_record": [{"class_id": "SZ-0001", "attended_hours": 44}],
            "known_class": [{"class_id": "SZ-0001", "planned_hours": 40}],
        }
    ],
    fails=[
        {
            "training_record": [{"class_id": "SZ-0001", "attended_hours": 45}],
            "known_class": [{"class_id": "SZ-0001", "planned_hours": 40}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        join known_class as class using (class_id)
        where attended_hours > 1.1 * planned_hours
        group by submission_id, class_id
    """,
)
