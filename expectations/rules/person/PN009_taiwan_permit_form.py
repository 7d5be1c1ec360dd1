"""PN009: The travel permit for people of Taiwan."""

from __future__ import annotations

from expectations.identity import full_match
from expectations.rule import rule

FORM = "[0-9]{8}|[0-9]{10}([(][A-Z][)])?"

rule(
    code="PN009",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="台湾居民来往大陆通行证号码的格式不对。",
    why="证件号码是认人的唯一依据，写错会把培训、证书和补贴记到别人或不存在的人名下。",
    fix="应为8位数字（旧证为10位数字，可带括号中的一个字母）。",
    basis="台湾居民来往大陆通行证号码规则",
    passes=[{"id_no": "12345678", "id_type": "03"}, {"id_no": "1234567890(B)", "id_type": "03"}],
    fails=[{"id_no": "1234567", "id_type": "03"}],
    unless=("PN001",),
    bad_rows_where=f"""
        id_type = '03'
        and not {full_match("id_no", FORM)}
    """,
)
