"""SP019: Who is paid for a class names it."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP019",
    dataset="subsidy_payment",
    severity="warning",
    fields=("class_id", "subsidy_type"),
    message="这项补贴按班发放，却没有填写班级编号。",
    why="补贴要与班级和学员核对，没有班级编号就无法核对。",
    fix="请补填开班备案时的班级编号。",
    basis="人社厅发〔2022〕15号",
    passes=[{"subsidy_type": "02", "class_id": "SZ-0001"}, {"subsidy_type": "01"}],
    fails=[{"subsidy_type": "02"}, {"subsidy_type": "04"}],
    bad_rows_where="""
        subsidy_type in ('02', '03', '04')
        and class_id is null
    """,
)
