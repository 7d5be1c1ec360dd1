"""SP011: Ten times too much or too little is another unit."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP011",
    dataset="subsidy_payment",
    severity="warning",
    fields=("amount", "standard_amount", "person_count"),
    message="补贴金额与补贴标准乘人数相差十倍以上，可能填错了金额单位。",
    why="单位填错会使资金总额成倍失真。",
    fix="请核对补贴金额、标准和人数；金额以元为单位，列名写明万元的按万元。",
    basis="数据报送约定：金额单位",
    passes=[
        {"amount": 200000, "standard_amount": 200000, "person_count": 1},
        {"amount": 2600000, "standard_amount": 200000, "person_count": 10},
        {"amount": 200000, "standard_amount": 200000},
        {"amount": 5},
    ],
    fails=[
        {"amount": 2000000, "standard_amount": 200000, "person_count": 1},
        {"amount": 20, "standard_amount": 200000, "person_count": 1},
    ],
    expected="printf('%.2f', standard_amount * person_count / 100)",
    unless=("SP009",),
    bad_rows_where="""
        amount >= 10 * standard_amount * person_count
        or 10 * amount <= standard_amount * person_count
    """,
)
