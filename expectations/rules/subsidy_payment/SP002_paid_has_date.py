"""SP002: What was paid was paid on a day."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP002",
    dataset="subsidy_payment",
    severity="critical",
    fields=("pay_date", "status"),
    message="状态为已拨付（或退回、已追回），但没有拨付日期。",
    why="资金按拨付日期计入年度支出，没有日期的钱不知道计入哪一年。",
    fix="请补填拨付日期；尚未拨付的请改正状态。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"status": "3", "pay_date": "2026-06-10"}, {"status": "1"}],
    fails=[{"status": "3"}, {"status": "5"}],
    bad_rows_where="""
        status in ('3', '4', '5')
        and pay_date is null
    """,
)
