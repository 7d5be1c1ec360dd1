"""WG005: Wages are those of a year in yuan."""

from __future__ import annotations

from expectations.rule import rule

LEAST, MOST = 1_000_000, 500_000_000
"""Fen a year: ten thousand and five million yuan."""

rule(
    code="WG005",
    dataset="wage_guidance",
    severity="warning",
    fields=("p50",),
    message="50分位数不像年工资，可能填错了单位。",
    why="工资价位按年、以元公布，填成月工资或万元会误导使用的人。",
    fix="请按年工资、以元为单位填写各分位数。",
    basis="数据报送约定：金额单位",
    passes=[{"p50": 9600000}, {"p50": 1000000}, {"p50": 500000000}],
    fails=[{"p50": 999999}, {"p50": 500000001}],
    expected=f"""
        case
            when p50 * 1e4 between {LEAST} and {MOST} then printf('%.2f', p50 * 1e2)
            when p50 / 10000 between {LEAST} and {MOST} then printf('%.2f', p50 / 1000000)
            when p50 * 12e0 between {LEAST} and {MOST} then printf('%.2f', p50 * 12e-2)
        end
    """,
    bad_rows_where=f"""
        p50 not between {LEAST} and {MOST}
    """,
)
