"""EF008: Money that is used trains somebody."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EF008",
    dataset="education_fund",
    severity="warning",
    fields=("trained_persons", "used"),
    message="使用了职工教育经费，培训人次却是0。",
    why="经费和人次一起说明使用效果，缺一项就无法说明。",
    fix="请补填培训人次；确未开展培训的核对使用金额。",
    basis="深人社发〔2025〕51号（二十一）",
    passes=[{"used": 100, "trained_persons": 1}, {"used": 0, "trained_persons": 0}, {"used": 100}],
    fails=[{"used": 100, "trained_persons": 0}],
    bad_rows_where="""
        used > 0
        and trained_persons = 0
    """,
)
