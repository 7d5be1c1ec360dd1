"""IN006: What was removed was removed on a day."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN006",
    dataset="institution_directory",
    severity="warning",
    fields=("valid_to", "status"),
    message="状态为移出，但没有移出日期。",
    why="移出日期决定哪天以后开的班不再合规，缺少时无法判断以前的班。",
    fix="请补填有效期止（移出日期）。",
    basis="常识",
    passes=[{"status": "3", "valid_to": "2026-06-01"}, {"status": "1"}],
    fails=[{"status": "3"}],
    bad_rows_where="""
        status = '3'
        and valid_to is null
    """,
)
