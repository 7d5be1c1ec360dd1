"""EC902: An enterprise is reported by one unit."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="EC902",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("uscc", "coverage_kind"),
    message="同一企业同一指标同一时点也由另一单位报送。",
    why="两边都报会使从业人员和覆盖人数多算。",
    fix="请两个单位核对由谁报送；统计时只算一次。",
    basis="数据报送约定：单位之间的重复",
    passes=[
        {
            "enterprise_coverage": [
                {"uscc": "1", "coverage_kind": "1", "hazard_type": "5", "report_date": "2026-06-30"},
                {
                    "uscc": "1",
                    "coverage_kind": "2",
                    "hazard_type": "5",
                    "report_date": "2026-06-30",
                    "unit_code": "SAC",
                },
            ]
        }
    ],
    fails=[
        {
            "enterprise_coverage": [
                {"uscc": "1", "coverage_kind": "1", "hazard_type": "5", "report_date": "2026-06-30"},
                {
                    "uscc": "1",
                    "coverage_kind": "1",
                    "hazard_type": "5",
                    "report_date": "2026-06-30",
                    "unit_code": "SAC",
                    "submission_id": "B",
                },
            ]
        }
    ],
    scope="across",
    bad_rows=reported_by_several("enterprise_coverage", ("uscc", "coverage_kind", "report_date"), blank="hazard_type"),
)
