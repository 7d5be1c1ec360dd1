"""PN015: The names that stand in templates and tests."""

from __future__ import annotations

from expectations.identity import full_match
from expectations.rule import rule

PLACEHOLDER = "张三|李四|王五|赵六|某某|.某某?|姓名|.*(测试|示例|样例).*|例[::].*|TEST.*|X{2,}|A{2,}"

rule(
    code="PN015",
    dataset=("training_record", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="warning",
    fields=("person_name",),
    message="姓名像是示例或测试内容。",
    why="示例行被当成真人计数，会使人次虚高，审计时会被当作虚报。",
    fix="请填写真实姓名；如是模板中的示例行，请删除整行。",
    workbook_fix="请填写真实姓名；如是模板中的示例行，“处理方式”填“作废”。",
    basis="模板示例行；个人信息完整性",
    passes=[{"person_name": "王例子"}],
    fails=[{"person_name": "张三"}, {"person_name": "测试01"}, {"person_name": "李某某"}],
    bad_rows_where=f"""
        {full_match("person_name", PLACEHOLDER)}
    """,
)
