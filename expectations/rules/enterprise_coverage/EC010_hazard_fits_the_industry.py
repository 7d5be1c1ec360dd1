"""EC010: A hazardous trade belongs to its industry."""

from __future__ import annotations

from expectations.rule import rule

INDUSTRY = (
    "case hazard_type when '2' then 'B' when '5' then 'E' when '6' then 'G' when '8' then 'D' when '9' then 'D' end"
)

rule(
    code="EC010",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("hazard_type", "industry_code"),
    message="高危行业类别与行业代码不符。",
    why="覆盖率按高危行业分别计算，归错行业会使两个行业都不准。",
    fix="请核对：矿山应为B，电力、城镇燃气应为D，建筑施工应为E，交通运输应为G。",
    basis="GB/T 4754-2017",
    passes=[
        {"hazard_type": "5", "industry_code": "E47"},
        {"hazard_type": "1", "industry_code": "C26"},
        {"hazard_type": "5"},
        {"hazard_type": "99", "industry_code": "A01"},
    ],
    fails=[{"hazard_type": "5", "industry_code": "C26"}, {"hazard_type": "6", "industry_code": "E47"}],
    expected=f"{INDUSTRY} || ' 门类'",
    unless=("EC007",),
    bad_rows_where=f"""
        left(industry_code, 1) between 'A' and 'T'
        and left(industry_code, 1) <> {INDUSTRY}
    """,
)
