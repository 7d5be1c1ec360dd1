"""CL002: A spreadsheet made a date of the class's number."""

from __future__ import annotations

from expectations.date_form import DATE_FORM
from expectations.identity import full_match
from expectations.rule import rule

rule(
    code="CL002",
    dataset=("training_class", "training_record", "attendance", "certificate", "subsidy_payment", "outcome_followup"),
    severity="warning",
    fields=("class_id",),
    message="班级编号像是一个日期，多半是表格把编号自动改成了日期。",
    why="班级编号把学员、考勤、证书和补贴连在一起，被表格改成日期后就连不上，原来的编号也看不出来。",
    fix="请把这一列设为“文本”格式后按备案重新录入；班级编号本来就是这样写的，请在“情况说明”里写明。",
    basis="表格软件会把 2026-1、3-2 一类的编号自动改成日期",
    passes=[{"class_id": "SZ-2026-01-05"}, {"class_id": "2026-01-005"}, {"class_id": "20260105"}],
    fails=[{"class_id": "2026-01-05"}, {"class_id": "2026/1/5"}, {"class_id": "1月5日"}, {"class_id": "5-Jan"}],
    bad_rows_where=f"""
        {full_match("class_id", DATE_FORM)}
    """,
)
