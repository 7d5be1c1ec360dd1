"""EF003: A part is not more than the whole."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EF003",
    dataset="education_fund",
    severity="warning",
    fields=("frontline_employees", "employees"),
    message="一线职工人数多于职工人数。",
    why="一线职工是全部职工的一部分，人数偏多会使人均经费的比较失真。",
    fix="请核对两个人数。",
    basis="常识",
    passes=[{"frontline_employees": 80, "employees": 100}],
    fails=[{"frontline_employees": 101, "employees": 100}],
    bad_rows_where="""
        frontline_employees > employees
    """,
)
