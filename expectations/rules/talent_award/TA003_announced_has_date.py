"""TA003: What was announced was announced on a day."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TA003",
    dataset="talent_award",
    severity="warning",
    fields=("award_date", "status"),
    message="状态为已公布，但没有公布日期。",
    why="公布日期是名单正式生效的依据，缺少时无法确认已经公布。",
    fix="请补填公布日期。",
    basis="常识",
    passes=[{"status": "1", "award_date": "2026-05-01"}, {"status": "2"}],
    fails=[{"status": "1"}],
    bad_rows_where="""
        status = '1'
        and award_date is null
    """,
)
