"""TC903: A class plans for its trainees."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC903",
    dataset="training_class",
    severity="warning",
    fields=("planned_persons", "class_id"),
    message="报送的参训人数比计划人数多出一成以上。",
    why="超出备案人数的部分可能不予补贴，也说明有学员填错了班级。",
    fix="请核对计划人数，以及学员名单中的班级编号。",
    basis="开班备案：班额",
    passes=[
        {
            "training_class": [{"class_id": "SZ-0001", "planned_persons": 40}],
            "known_participation": [{"class_id": "SZ-0001", "persons": 45}],
        },
        {"training_class": [{"class_id": "SZ-0001", "planned_persons": 40}]},
    ],
    fails=[
        {
            "training_class": [{"class_id": "SZ-0001", "planned_persons": 40}],
            "known_participation": [{"class_id": "SZ-0001", "persons": 46}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, '不少于 ' || cast(persons as bigint) as expected
        from {batch}
        join known_participation using (class_id)
        where persons > 1.1 * planned_persons + 1
    """,
)
