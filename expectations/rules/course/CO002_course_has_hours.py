"""CO002: A course has hours."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CO002",
    dataset="course",
    severity="warning",
    fields=("course_hours", "course_kind"),
    message="课程没有填写课时。",
    why="课程按课时比较规模，缺少课时的课程只能计个数。",
    fix="请补填课时；教材、数字资源和考核项目不用填写。",
    basis="深人社发〔2025〕51号（十五）",
    passes=[{"course_kind": "1", "course_hours": 40}, {"course_kind": "4"}],
    fails=[{"course_kind": "1"}, {"course_kind": "3", "course_hours": 0}],
    bad_rows_where="""
        course_kind in ('1', '2', '3')
        and coalesce(course_hours, 0) = 0
    """,
)
