"""CP013: A budget that only makes sense in another unit."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("competition_budget_min", "period_end_date")
MOST = threshold("competition_budget_max", "period_end_date")

rule(
    code="CP013",
    dataset="competition",
    severity="warning",
    fields=("budget",),
    message="办赛经费的数额不像以元为单位，像是差了一万倍。",
    why="经费单位填错会使总额成倍失真。",
    fix="请核对办赛经费的单位：一律以元填写，列名写明万元的按万元。",
    basis="数据报送约定：金额单位",
    passes=[{"budget": 50000000}, {"budget": 100000}, {"budget": 0}, {"budget": 10000000000}, {"comp_id": "1"}],
    fails=[{"budget": 5000}, {"budget": 99999}, {"budget": 500000000000}],
    expected="printf('%.2f', case when budget < 10000000 then budget * 1e2 else budget / 1000000 end)",
    unless=("CP011",),
    bad_rows_where=f"""
        budget > 0
        and (budget / 100 < {LEAST} or budget / 100 > {MOST})
    """,
)
