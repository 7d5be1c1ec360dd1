"""IN012: What is removed has been removed by the period's end."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN012",
    dataset="institution_directory",
    severity="warning",
    fields=("valid_to", "status"),
    message="状态为移出，移出日期却晚于报告期。",
    why="移出之前的开班仍然有效，日期填错会误判。",
    fix="请核对移出日期和状态。",
    basis="人社厅发〔2022〕15号",
    passes=[{"status": "3", "valid_to": "2026-06-30"}, {"status": "1", "valid_to": "2026-12-31"}],
    fails=[{"status": "3", "valid_to": "2026-07-01"}],
    expected="'不晚于 ' || period_end_date",
    bad_rows_where="""
        status = '3'
        and valid_to > period_end_date
    """,
)
