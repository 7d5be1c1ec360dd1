"""IN011: What has ended is not listed."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN011",
    dataset="institution_directory",
    severity="warning",
    fields=("valid_to", "status"),
    message="状态为在目录，有效期却在报告期之前已经结束。",
    why="有效期之外的开班会被提示机构不在目录。",
    fix="请核对有效期止；已移出的把状态改为移出。",
    basis="人社厅发〔2022〕15号",
    passes=[{"status": "1", "valid_to": "2026-06-01"}, {"status": "3", "valid_to": "2026-05-31"}, {"status": "1"}],
    fails=[{"status": "1", "valid_to": "2026-05-31"}],
    unless=("IN002",),
    bad_rows_where="""
        status = '1'
        and valid_to < period_start_date
    """,
)
