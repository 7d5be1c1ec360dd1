"""PN008: The travel permit for people of Hong Kong and Macau."""

from __future__ import annotations

from expectations.identity import full_match
from expectations.rule import rule

rule(
    code="PN008",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="港澳居民来往内地通行证号码的格式不对。",
    why="证件号码是认人的唯一依据，写错会把培训、证书和补贴记到别人或不存在的人名下。",
    fix="应为 H 或 M 加8位（或10位）数字，不是香港、澳门的本地身份证号码。",
    basis="港澳居民来往内地通行证号码规则",
    passes=[{"id_no": "H12345678", "id_type": "02"}, {"id_no": "M1234567801", "id_type": "02"}],
    fails=[{"id_no": "A123456(7)", "id_type": "02"}],
    unless=("PN001",),
    bad_rows_where=f"""
        id_type = '02'
        and not {full_match("id_no", "[HM][0-9]{8}([0-9]{2})?")}
    """,
)
