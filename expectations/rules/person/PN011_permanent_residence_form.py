"""PN011: The identity card of foreign permanent residents, of 2023 and of 2017."""

from __future__ import annotations

from expectations.identity import full_match, resident_check
from expectations.rule import rule

rule(
    code="PN011",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="外国人永久居留身份证号码的格式或校验码不对。",
    why="证件号码是认人的唯一依据，写错会把培训、证书和补贴记到别人或不存在的人名下。",
    fix="新证为18位并以9开头，2017版为3位字母加12位数字。请对照证件核对。",
    basis="国家移民管理局外国人永久居留身份证号码规则（2023）",
    passes=[{"id_no": "911124198108030024", "id_type": "06"}, {"id_no": "USA123456789012", "id_type": "06"}],
    fails=[{"id_no": "911124198108030020", "id_type": "06"}, {"id_no": "USA12345", "id_type": "06"}],
    unless=("PN001",),
    bad_rows_where=f"""
        id_type = '06'
        and not {full_match("id_no", "[A-Z]{3}[0-9]{12}")}
        and not ({full_match("id_no", "9[0-9]{16}[0-9X]")} and {resident_check("id_no")})
    """,
)
