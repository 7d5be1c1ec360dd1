"""AS002: The stated period is the submission's."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS002",
    dataset="aggregate_summary",
    severity="critical",
    fields=("report_period",),
    message="报告期与本次报送的期间不符。",
    why="数字计入报告期所写的那一期，期间填错会使一期多算、一期少算。",
    fix="请核对报告期；其他期间的数据请单独报送。",
    basis="常识",
    passes=[{"report_period": "2026-06"}],
    fails=[{"report_period": "2026-05"}],
    expected="period",
    bad_rows_where="""
        report_period <> period
    """,
)
