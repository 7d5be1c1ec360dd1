"""TA901: An award is reported by one unit."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="TA901",
    dataset="talent_award",
    severity="warning",
    fields=("id_no", "award_name", "award_year"),
    message="同一人同一年度的同一称号也由另一单位报送。",
    why="有名额的称号两边都报会被当作超出名额。",
    fix="请两个单位核对由谁报送；统计时只算一次。",
    basis="数据报送约定：单位之间的重复",
    passes=[
        {
            "talent_award": [
                {"person_key": "a", "award_name": "2", "award_year": 2025},
                {"person_key": "a", "award_name": "3", "award_year": 2025, "unit_code": "TUF"},
            ]
        }
    ],
    fails=[
        {
            "talent_award": [
                {"person_key": "a", "award_name": "2", "award_year": 2025},
                {"person_key": "a", "award_name": "2", "award_year": 2025, "unit_code": "TUF", "submission_id": "B"},
            ]
        }
    ],
    scope="across",
    bad_rows=reported_by_several("talent_award", ("person_key", "award_name", "award_year")),
)
