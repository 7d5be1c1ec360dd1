"""SS901: One person's studies are reported by one unit."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="SS901",
    dataset="support_service",
    severity="warning",
    fields=("id_no", "school", "enrol_year"),
    message="同一人同一院校同一入学年份的学历提升也由另一单位报送。",
    why="两边都报会使帮扶人次多算。",
    fix="请两个单位核对由谁报送；统计时只算一次。",
    basis="数据报送约定：单位之间的重复",
    passes=[
        {
            "support_service": [
                {"service_type": "3", "person_key": "a", "school": "甲", "enrol_year": 2026},
                {"service_type": "3", "person_key": "a", "school": "乙", "enrol_year": 2026, "unit_code": "TUF"},
            ]
        }
    ],
    fails=[
        {
            "support_service": [
                {"service_type": "3", "person_key": "a", "school": "甲", "enrol_year": 2026},
                {
                    "service_type": "3",
                    "person_key": "a",
                    "school": "甲",
                    "enrol_year": 2026,
                    "unit_code": "TUF",
                    "submission_id": "B",
                },
            ]
        }
    ],
    scope="across",
    bad_rows=reported_by_several("support_service", ("person_key", "school", "enrol_year"), where="service_type = '3'"),
)
