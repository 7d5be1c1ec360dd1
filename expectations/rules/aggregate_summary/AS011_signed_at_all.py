"""AS011: Totals are signed by who filled them in and who reviewed them."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS011",
    dataset="aggregate_summary",
    severity="warning",
    fields=("reviewer", "preparer"),
    message="没有填写填表人或审核人。",
    why="统计资料要由填表人、审核人签署，缺签署的不能作为确认数。",
    fix="请补填填表人和审核人。",
    basis="统计法（2024）第二十四条",
    passes=[{"value_period": 1, "preparer": "王例子", "reviewer": "李例子"}, {"metric_id": "T12"}],
    fails=[
        {"value_period": 1, "preparer": "王例子"},
        {"value_period": 1, "reviewer": "李例子"},
        {"value_period": 1},
    ],
    bad_rows_where="""
        value_period is not null
        and (preparer is null or reviewer is null)
    """,
)
