"""CO003: A project of special ability has its document."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CO003",
    dataset="course",
    severity="warning",
    fields=("document", "course_kind"),
    message="专项职业能力考核项目没有填写发布文件。",
    why="考核项目由市人力资源保障局发文公布，没有文件的不能据以考核发证。",
    fix="请补填发布文件及文号。",
    basis="深人社发〔2025〕51号（十五）",
    passes=[{"course_kind": "6", "document": "深人社发〔2026〕12号"}, {"course_kind": "1"}],
    fails=[{"course_kind": "6"}],
    bad_rows_where="""
        course_kind = '6'
        and document is null
    """,
)
