"""CP002: What was held has ended."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP002",
    dataset="competition",
    severity="critical",
    fields=("end_date", "status"),
    message="赛项状态为已举办，但结束日期晚于报告期。",
    why="只有已经举办的赛项才计入年度任务，提前写成已举办会使完成数虚高。",
    fix="请核对；尚未结束的请把状态改为“计划”。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"status": "2", "end_date": "2026-06-30"}, {"status": "1", "end_date": "2026-09-30"}],
    fails=[{"status": "2", "end_date": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        status = '2'
        and end_date > period_end_date
    """,
)
