"""IN010: What is listed has begun."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN010",
    dataset="institution_directory",
    severity="warning",
    fields=("valid_from", "status"),
    message="状态为在目录，有效期起却晚于报告期。",
    why="判断开班时机构在不在目录要看有效期，起始日期填错会误判。",
    fix="请核对有效期起；尚未生效的到生效的当期再报。",
    basis="人社厅发〔2022〕15号",
    passes=[{"status": "1", "valid_from": "2026-06-30"}, {"status": "2", "valid_from": "2026-07-01"}],
    fails=[{"status": "1", "valid_from": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        status = '1'
        and valid_from > period_end_date
    """,
)
