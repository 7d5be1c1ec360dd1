"""PN002: A resident number has 18 characters, the old one 15."""

from __future__ import annotations

from expectations.identity import IS_RESIDENT, resident_form
from expectations.rule import rule

rule(
    code="PN002",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="居民身份证号码的位数或字符不对。",
    why="证件号码是认人的唯一依据，写错会把培训、证书和补贴记到别人或不存在的人名下。",
    fix="应为18位：前17位是数字，末位是数字或 X。请对照证件核对；其他证件请改填证件类型。",
    basis="GB 11643-1999",
    passes=[{"id_no": "11010519491231002X"}, {"id_no": "110105491231002"}, {"id_no": "H12345678", "id_type": "02"}],
    fails=[{"id_no": "11010519491231002"}, {"id_no": "1101051949123100XX", "id_type": "01"}],
    unless=("PN001",),
    bad_rows_where=f"""
        {IS_RESIDENT}
        and not {resident_form("id_no")}
    """,
)
