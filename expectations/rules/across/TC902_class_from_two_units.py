"""TC902: A class is filed by one unit."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="TC902",
    dataset="training_class",
    severity="warning",
    fields=("class_id",),
    message="同一班级编号也由另一单位报送。",
    why="同一件事由两个单位报送时统计只算一次，不先说清由谁报，两边的数就都对不上。",
    fix="请两个单位核对由谁报送；统计时只算一次。",
    basis="数据报送约定：单位之间的重复",
    passes=[{"training_class": [{"class_id": "SZ-0001"}]}],
    fails=[
        {
            "training_class": [
                {"class_id": "SZ-0001"},
                {"class_id": "SZ-0001", "unit_code": "CAB", "submission_id": "B"},
            ],
        },
    ],
    scope="across",
    bad_rows=reported_by_several("training_class", ("class_id",)),
)
