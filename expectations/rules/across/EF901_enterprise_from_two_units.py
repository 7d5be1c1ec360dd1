"""EF901: An enterprise's fund is reported by one unit."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="EF901",
    dataset="education_fund",
    severity="warning",
    fields=("uscc", "year"),
    message="同一企业同一年度的职工教育经费也由另一单位报送。",
    why="两边都报会使全市经费多算。",
    fix="请两个单位核对由谁报送；统计时只算一次。",
    basis="数据报送约定：单位之间的重复",
    passes=[{"education_fund": [{"uscc": "1", "year": 2025}, {"uscc": "1", "year": 2024, "unit_code": "SAC"}]}],
    fails=[
        {
            "education_fund": [
                {"uscc": "1", "year": 2025},
                {"uscc": "1", "year": 2025, "unit_code": "SAC", "submission_id": "B"},
            ]
        }
    ],
    scope="across",
    bad_rows=reported_by_several("education_fund", ("uscc", "year")),
)
