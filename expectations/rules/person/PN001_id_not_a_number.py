"""PN001: A number that a spreadsheet has rounded."""

from __future__ import annotations

from expectations.identity import SCIENTIFIC, full_match
from expectations.rule import rule

rule(
    code="PN001",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="证件号码被存成了数字，末尾几位已经丢失。",
    why="丢失的末尾几位可以对应上百个人，系统补不回来，这个人的培训和补贴都无法认定。",
    fix="请把这一列设为“文本”格式后按证件重新录入，不能由系统补回。",
    basis="GB 11643-1999;Excel 数字只有15位有效位",
    passes=[{"id_no": "11010519491231002X"}],
    fails=[{"id_no": "4.40301199001011E+17"}, {"id_no": "1.10105E+17"}],
    bad_rows_where=f"""
        {full_match("id_no", SCIENTIFIC)}
    """,
)
