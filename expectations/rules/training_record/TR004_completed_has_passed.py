"""TR004: Who failed or was absent has not completed."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR004",
    dataset="training_record",
    severity="warning",
    fields=("completed", "exam_result"),
    message="填写为已结业，但考核结果是不合格或缺考。",
    why="只有结业才计入人次，考核不合格却结业会使培训合格率失真。",
    fix="请核对是否结业和考核结果。",
    basis="常识",
    passes=[{"completed": True, "exam_result": "1"}, {"completed": False, "exam_result": "0"}],
    fails=[{"completed": True, "exam_result": "0"}, {"completed": True, "exam_result": "2"}],
    bad_rows_where="""
        completed
        and exam_result in ('0', '2')
    """,
)
