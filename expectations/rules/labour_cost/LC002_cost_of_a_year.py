"""LC002: Labour cost is that of a person and year in yuan."""

from __future__ import annotations

from expectations.rule import rule

LEAST, MOST = 1_000_000, 500_000_000
"""Fen a year: ten thousand and five million yuan, as of wages."""

rule(
    code="LC002",
    dataset="labour_cost",
    severity="warning",
    fields=("cost_per_capita",),
    message="人均人工成本不像一年的数，可能填错了单位。",
    why="人工成本按年、以元公布，填成每月或万元会误导使用的企业。",
    fix="请按每人每年、以元为单位填写。",
    basis="数据报送约定：金额单位",
    passes=[{"cost_per_capita": 14200000}, {"cost_per_capita": 1000000}],
    fails=[{"cost_per_capita": 1420}, {"cost_per_capita": 500000001}],
    bad_rows_where=f"""
        cost_per_capita not between {LEAST} and {MOST}
    """,
)
