"""AS010: Who fills in does not review."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS010",
    dataset="aggregate_summary",
    severity="warning",
    fields=("reviewer", "preparer"),
    message="填表人和审核人是同一人。",
    why="统计资料要由填表人以外的人审核，自填自审不算审核。",
    fix="请填写实际的审核人。",
    basis="统计法（2024）第二十四条",
    passes=[{"preparer": "王例子", "reviewer": "李例子"}, {"preparer": "王例子"}],
    fails=[{"preparer": "王例子", "reviewer": "王 例子"}],
    bad_rows_where="""
        replace(preparer, ' ', '') = replace(reviewer, ' ', '')
    """,
)
