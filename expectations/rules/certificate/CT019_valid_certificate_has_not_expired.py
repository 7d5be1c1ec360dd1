"""CT019: What has expired is not valid."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT019",
    dataset="certificate",
    severity="warning",
    fields=("status", "valid_until"),
    message="证书状态为有效，但有效期在报告期之前已经结束。",
    why="过期的证书不能当作持证，状态填错会高估持证人数。",
    fix="请核对有效期至和证书状态；已过期的填过期。",
    basis="常识",
    passes=[
        {"status": "1", "valid_until": "2026-06-01"},
        {"status": "4", "valid_until": "2026-05-31"},
        {"status": "1"},
    ],
    fails=[{"status": "1", "valid_until": "2026-05-31"}],
    unless=("CT007",),
    bad_rows_where="""
        status = '1'
        and valid_until < period_start_date
    """,
)
