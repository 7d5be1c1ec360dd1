"""TR902: A participation is reported by one unit."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="TR902",
    dataset="training_record",
    severity="warning",
    fields=("id_no", "class_id"),
    message="同一人在同一班级的记录也由另一单位报送。",
    why="同一件事由两个单位报送时统计只算一次，不先说清由谁报，两边的数就都对不上。",
    fix="请两个单位核对由谁报送；统计时只算一次。",
    basis="数据报送约定：单位之间的重复",
    passes=[
        {
            "training_record": [
                {"class_id": "SZ-0001", "person_key": "a"},
                {"class_id": "SZ-0001", "person_key": "b", "unit_code": "CAB"},
            ],
        },
    ],
    fails=[
        {
            "training_record": [
                {"class_id": "SZ-0001", "person_key": "a"},
                {"class_id": "SZ-0001", "person_key": "a", "unit_code": "CAB", "submission_id": "B"},
            ],
        },
    ],
    scope="across",
    bad_rows=reported_by_several("training_record", ("class_id", "person_key")),
)
