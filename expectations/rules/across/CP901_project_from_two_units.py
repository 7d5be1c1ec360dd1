"""CP901: A project is reported by one unit."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

HELD = "coalesce(status, '2') = '2'"

rule(
    code="CP901",
    dataset="competition",
    severity="warning",
    fields=("project_name", "comp_name", "start_date"),
    message="同一赛事同一天开始的同名赛项也由另一单位报送。",
    why="两边都报会使赛项多算。",
    fix="请主办和承办单位核对由谁报送，只保留一份。",
    workbook_fix="请主办和承办单位核对由谁报送；不由本单位报送的，这一行“处理方式”填“作废”。",
    basis="数据报送约定：单位之间的重复",
    passes=[
        {
            "competition": [
                {"comp_name": "甲", "project_name": "电工", "start_date": "2026-06-30"},
                {"comp_name": "甲", "project_name": "焊工", "start_date": "2026-06-30", "unit_code": "TUF"},
            ]
        }
    ],
    fails=[
        {
            "competition": [
                {"comp_name": "甲", "project_name": "电工", "start_date": "2026-06-30"},
                {
                    "comp_name": "甲",
                    "project_name": "电工",
                    "start_date": "2026-06-30",
                    "unit_code": "TUF",
                    "submission_id": "B",
                },
            ]
        }
    ],
    scope="across",
    bad_rows=reported_by_several("competition", ("comp_name", "project_name", "start_date"), where=HELD),
)
