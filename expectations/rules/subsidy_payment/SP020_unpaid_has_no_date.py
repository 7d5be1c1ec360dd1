"""SP020: What is not paid yet has no day of payment."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP020",
    dataset="subsidy_payment",
    severity="warning",
    fields=("status", "pay_date"),
    message="状态是已申请、已审核或公示中，却填写了拨付日期。",
    why="拨付金额按状态统计，状态没有更新的会漏计。",
    fix="请核对状态；已经拨付的改为已拨付。",
    basis="常识",
    passes=[{"status": "3", "pay_date": "2026-06-10"}, {"status": "6"}],
    fails=[{"status": "2", "pay_date": "2026-06-10"}],
    bad_rows_where="""
        status in ('1', '2', '6')
        and pay_date is not null
    """,
)
