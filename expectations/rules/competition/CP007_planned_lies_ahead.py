"""CP007: What is planned lies ahead."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP007",
    dataset="competition",
    severity="warning",
    fields=("status", "end_date"),
    message="赛项状态仍为计划，但结束日期在报告期之前。",
    why="只有已举办的赛项才计入任务，状态没有更新的会漏计。",
    fix="请把状态更新为已举办或取消，或更正日期。",
    basis="深人社发〔2025〕51号（九）",
    passes=[{"status": "1", "end_date": "2026-06-01"}, {"status": "2", "end_date": "2026-05-31"}],
    fails=[{"status": "1", "end_date": "2026-05-31"}],
    bad_rows_where="""
        status = '1'
        and end_date < period_start_date
    """,
)
