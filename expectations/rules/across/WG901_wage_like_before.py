"""WG901: Wages do not jump by half in a year."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="WG901",
    dataset="wage_guidance",
    severity="info",
    fields=("p50", "occupation_code"),
    message="50分位数与上一年相差一半以上。",
    why="工资价位突变会误导企业，公布前要核实。",
    fix="请核对50分位数和样本；“应为”一栏是上一年的数。",
    basis="企业薪酬调查制度（未确认）",
    passes=[
        {
            "wage_guidance": [
                {"occupation_code": "6-31-01-03", "skill_level": "3", "report_year": 2025, "p50": 100},
                {"occupation_code": "6-31-01-03", "skill_level": "3", "report_year": 2026, "p50": 150},
            ]
        }
    ],
    fails=[
        {
            "wage_guidance": [
                {
                    "occupation_code": "6-31-01-03",
                    "skill_level": "3",
                    "report_year": 2025,
                    "p50": 10000,
                    "submission_id": "A",
                },
                {"occupation_code": "6-31-01-03", "skill_level": "3", "report_year": 2026, "p50": 15001},
            ]
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, printf('上年 %.2f', earlier / 100) as expected
        from (
            select
                *,
                lag(p50) over (
                    partition by unit_code, industry_code, occupation_code, skill_level
                    order by report_year
                ) as earlier
            from {batch}
        )
        where abs(p50 - earlier) > 0.5 * earlier
    """,
)
