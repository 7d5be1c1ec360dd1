"""PN007: The residence permit for people of Hong Kong, Macau and Taiwan."""

from __future__ import annotations

from expectations.identity import full_match
from expectations.rule import rule

rule(
    code="PN007",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="港澳台居民居住证号码的格式不对。",
    why="证件号码是认人的唯一依据，写错会把培训、证书和补贴记到别人或不存在的人名下。",
    fix="应为18位，以 810000、820000 或 830000 开头。请对照证件核对；如为其他证件，请改填证件类型。",
    basis="港澳台居民居住证申领发放办法（2018）",
    passes=[{"id_no": "810000199408230021", "id_type": "04"}],
    fails=[{"id_no": "H12345678", "id_type": "04"}, {"id_no": "11010519491231002X", "id_type": "04"}],
    unless=("PN001",),
    bad_rows_where=f"""
        id_type = '04'
        and not {full_match("id_no", "(81|82|83)0000[0-9]{11}[0-9X]")}
    """,
)
