"""TR002: Who has completed did so on a day."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR002",
    dataset="training_record",
    severity="warning",
    fields=("completion_date", "completed"),
    message="已结业但没有填写结业时间。",
    why="人次按结业时间计入当月，空缺时只能按班级的结业日期估计。",
    fix="请补填结业时间；空缺时按培训班的结业日期统计。",
    basis="数据报送约定：按事件日期统计",
    passes=[{"completed": True, "completion_date": "2026-06-10"}, {"completed": False}],
    fails=[{"completed": True}],
    bad_rows_where="""
        completed
        and completion_date is null
    """,
)
