"""IN002: An entry ends after it begins."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN002",
    dataset="institution_directory",
    severity="critical",
    fields=("valid_to", "valid_from"),
    message="有效期止早于有效期起。",
    why="有效期决定机构在开班日是否在目录内，日期颠倒会使它的班都对不上目录。",
    fix="请核对两个日期。",
    basis="常识",
    passes=[{"valid_from": "2026-01-01", "valid_to": "2028-12-31"}, {"valid_from": "2026-01-01"}],
    fails=[{"valid_from": "2026-01-01", "valid_to": "2025-12-31"}],
    expected="'不早于 ' || valid_from",
    bad_rows_where="""
        valid_to < valid_from
    """,
)
