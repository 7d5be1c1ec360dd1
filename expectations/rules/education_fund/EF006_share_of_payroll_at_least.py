"""EF006: Enterprises set aside a share of the payroll."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("education_fund_share_min", "period_end_date")

rule(
    code="EF006",
    dataset="education_fund",
    severity="info",
    fields=("accrued", "payroll"),
    message="提取的职工教育经费低于工资薪金总额的规定比例。",
    why="提取不足会影响用于一线职工的经费，督促企业时要用到。",
    fix="请核对提取金额和工资薪金总额；确实提取不足的不必修改。",
    basis="国发〔2002〕16号：按职工工资总额的1.5%至2.5%提取（未确认）",
    passes=[{"payroll": 100000000, "accrued": 1500000}, {"accrued": 1}],
    fails=[{"payroll": 100000000, "accrued": 1400000}],
    unless=("EF007",),
    bad_rows_where=f"""
        accrued < 0.999 * {LEAST} * payroll
    """,
)
