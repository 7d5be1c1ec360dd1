"""EC901: Enterprises do not treble in half a year."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC901",
    dataset="enterprise_coverage",
    severity="info",
    fields=("employees",),
    message="从业人员数与上一期相差三倍以上。",
    why="覆盖率以从业人员数为分母，多填少填一位会使全市覆盖率失真。",
    fix="请核对从业人员数；“应为”一栏是上一期的人数。",
    basis="常识",
    passes=[
        {
            "enterprise_coverage": [
                {
                    "uscc": "1",
                    "coverage_kind": "1",
                    "hazard_type": "5",
                    "submission_id": "A",
                    "period_end_date": "2025-12-31",
                    "employees": 100,
                },
                {
                    "uscc": "1",
                    "coverage_kind": "1",
                    "hazard_type": "5",
                    "submission_id": "B",
                    "period_end_date": "2026-06-30",
                    "employees": 300,
                },
            ]
        }
    ],
    fails=[
        {
            "enterprise_coverage": [
                {
                    "uscc": "1",
                    "coverage_kind": "1",
                    "hazard_type": "5",
                    "submission_id": "A",
                    "period_end_date": "2025-12-31",
                    "employees": 100,
                },
                {
                    "uscc": "1",
                    "coverage_kind": "1",
                    "hazard_type": "5",
                    "submission_id": "B",
                    "period_end_date": "2026-06-30",
                    "employees": 301,
                },
            ]
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, '上期 ' || earlier as expected
        from (
            select
                *,
                lag(employees) over (
                    partition by unit_code, uscc, coverage_kind, hazard_type
                    order by period_end_date
                ) as earlier
            from {batch}
        )
        where earlier > 0 and (employees > 3 * earlier or 3 * employees < earlier)
    """,
)
