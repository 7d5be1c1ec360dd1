"""CL001: An identity number stands where the class's belongs."""

from __future__ import annotations

from expectations.identity import resident_form
from expectations.rule import rule

rule(
    code="CL001",
    dataset=("training_class", "training_record", "attendance", "certificate", "subsidy_payment", "outcome_followup"),
    severity="critical",
    fields=("class_id",),
    message="班级编号填的是身份证号码。",
    why="班级编号把学员、考勤、证书和补贴连在一起，填成身份证号码就连不上，还会泄露个人信息。",
    fix="请填写开班备案时的班级编号。",
    basis="个人信息保护法第八条",
    passes=[{"class_id": "SZ-0001"}, {"class_id": "440305202600000000012"}],
    fails=[{"class_id": "11010519491231002X"}],
    bad_rows_where=f"""
        {resident_form("class_id")}
    """,
)
