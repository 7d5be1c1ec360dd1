"""WG007: Higher levels earn no less."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="WG007",
    dataset="wage_guidance",
    severity="warning",
    fields=("p50", "skill_level", "occupation_code"),
    message="同一职业等级较高的50分位数反而较低。",
    why="工资价位用来引导技能提升，等级与工资倒挂要核实后才能公布。",
    fix="请核对各等级的分位数；注意一级最高、五级最低。",
    basis="深人社发〔2025〕51号（十八）",
    passes=[
        {"occupation_code": "6-31-01-03", "skill_level": "5", "p50": 100},
        {"occupation_code": "6-31-01-03", "skill_level": "4", "p50": 110},
        {"occupation_code": "6-31-01-03", "skill_level": "X", "p50": 900},
        {"occupation_code": "4-10-01-05", "skill_level": "3", "p50": 50},
        {"occupation_code": "6-31-01-03", "industry_code": "C39", "skill_level": "1", "p50": 90},
    ],
    fails=[{"occupation_code": "6-31-01-03", "skill_level": "3", "p50": 99}],
    pair=("report_year", "industry_code", "occupation_code"),
    apart="skill_level",
    bad_rows="""
        select submission_id, row_index
        from (
            select
                submission_id,
                row_index,
                p50,
                max(p50) over (
                    partition by submission_id, report_year, industry_code, occupation_code
                    order by skill_level desc
                    rows between unbounded preceding and 1 preceding
                ) as below
            from {batch}
            where occupation_code is not null and skill_level between '1' and '5'
        )
        where p50 < below
    """,
)
