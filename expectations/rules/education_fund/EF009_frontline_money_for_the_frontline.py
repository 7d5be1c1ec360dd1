"""EF009: Money for the front line is for somebody on it."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EF009",
    dataset="education_fund",
    severity="warning",
    fields=("frontline_employees", "frontline_used"),
    message="填写了用于一线职工的金额，一线职工人数却是0。",
    why="用于一线职工的比例是任务指标，没有一线职工的金额经不起核查。",
    fix="请核对一线职工人数和用于一线职工的金额。",
    basis="深人社发〔2025〕51号（二十一）",
    passes=[{"frontline_used": 100, "frontline_employees": 1}, {"frontline_used": 0, "frontline_employees": 0}],
    fails=[{"frontline_used": 100, "frontline_employees": 0}],
    bad_rows_where="""
        frontline_used > 0
        and frontline_employees = 0
    """,
)
