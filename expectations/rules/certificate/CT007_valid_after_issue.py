"""CT007: A certificate is valid for a while."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT007",
    dataset="certificate",
    severity="warning",
    fields=("valid_until", "issue_date"),
    message="有效期至不晚于发证日期。",
    why="有效期决定证书现在是否有效，日期颠倒会使有效证书被当作过期。",
    fix="请核对两个日期；长期有效的可不填。",
    basis="常识",
    passes=[{"issue_date": "2026-06-05", "valid_until": "2032-06-04"}],
    fails=[{"issue_date": "2026-06-05", "valid_until": "2026-06-05"}],
    bad_rows_where="""
        valid_until <= issue_date
    """,
)
