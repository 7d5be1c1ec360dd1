"""EF005: Enterprises set aside a few per cent of the payroll."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

MOST = threshold("education_fund_share_max", "period_end_date")

rule(
    code="EF005",
    dataset="education_fund",
    severity="warning",
    fields=("accrued", "payroll"),
    message="提取的职工教育经费占工资薪金总额的比例过高。",
    why="超过税前扣除比例的提取很少见，多半是两项金额的单位不同。",
    fix="请核对提取金额和工资薪金总额，都以元为单位。",
    basis="财税〔2018〕51号：不超过工资薪金总额8%的部分准予扣除（未确认）",
    passes=[{"payroll": 100000000, "accrued": 8000000}, {"payroll": 0, "accrued": 100}, {"accrued": 100}],
    fails=[{"payroll": 100000000, "accrued": 8000001}],
    unless=("EF007",),
    bad_rows_where=f"""
        payroll > 0
        and accrued > {MOST} * payroll
    """,
)
