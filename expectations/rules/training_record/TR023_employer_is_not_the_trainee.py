"""TR023: The trainee's own name stands as employer."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR023",
    dataset="training_record",
    severity="critical",
    fields=("person_name", "employer_name"),
    message="工作单位填的是学员本人的姓名。",
    why="单位名称用来汇总企业参训情况，填成姓名会泄露个人信息。",
    fix="请填写单位全称；没有单位的留空。",
    basis="个人信息保护法第八条",
    passes=[{"person_name": "王例子", "employer_name": "某公司"}, {"person_name": "王例子"}],
    fails=[{"person_name": "王例子", "employer_name": "王例子"}],
    bad_rows_where="""
        employer_name = person_name
    """,
)
