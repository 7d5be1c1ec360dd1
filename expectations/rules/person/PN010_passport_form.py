"""PN010: A passport, Chinese or foreign."""

from __future__ import annotations

from expectations.identity import full_match, resident_check
from expectations.rule import rule

rule(
    code="PN010",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="护照号码的格式不对。",
    why="证件号码是认人的唯一依据，写错会把培训、证书和补贴记到别人或不存在的人名下。",
    fix="应为5至20位字母和数字。如填的是居民身份证号码，请改填证件类型。",
    basis="护照号码规则",
    passes=[{"id_no": "E12345678", "id_type": "05"}, {"id_no": "X1234567", "id_type": "05"}],
    fails=[{"id_no": "E123", "id_type": "05"}, {"id_no": "11010519491231002X", "id_type": "05"}],
    unless=("PN001",),
    bad_rows_where=f"""
        id_type = '05'
        and (not {full_match("id_no", "[A-Z0-9]{5,20}")} or {resident_check("id_no")})
    """,
)
