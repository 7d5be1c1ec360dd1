"""SS009: Nobody's studies are supported with so much."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

MOST = f"100 * {threshold('support_amount_max', 'service_date')}"

rule(
    code="SS009",
    dataset="support_service",
    severity="warning",
    fields=("support_amount",),
    message="一人一次的资助金额大得不合常理，可能填错了单位。",
    why="资助总额由每行相加，单位填错会成倍失真。",
    fix="请核对资助金额，以元为单位。",
    basis="数据报送约定：金额单位",
    passes=[{"support_amount": 5000000, "service_date": "2026-06-01"}, {"service_date": "2026-06-01"}],
    fails=[{"support_amount": 5000001, "service_date": "2026-06-01"}],
    bad_rows_where=f"""
        support_amount > {MOST}
    """,
)
