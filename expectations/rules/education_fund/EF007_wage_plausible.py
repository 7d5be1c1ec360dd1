"""EF007: A year's average wage is neither a day's nor a century's."""

from __future__ import annotations

from expectations.rule import rule

LEAST, MOST = 1_000_000, 200_000_000
"""Fen a year: ten thousand and two million yuan."""

rule(
    code="EF007",
    dataset="education_fund",
    severity="warning",
    fields=("payroll", "employees"),
    message="工资薪金总额平均到每名职工不合常理，可能填错了金额单位。",
    why="单位填错会使全市比例失真。",
    fix="请核对工资薪金总额的单位和职工人数。",
    basis="数据报送约定：金额单位",
    passes=[{"payroll": 1000000000, "employees": 100}, {"payroll": 1000000000, "employees": 0}, {"payroll": 1}],
    fails=[{"payroll": 99999900, "employees": 100}, {"payroll": 100000000000, "employees": 1}],
    bad_rows_where=f"""
        employees > 0
        and payroll / employees not between {LEAST} and {MOST}
    """,
)
