"""CT015: Certificates of a level name it."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT015",
    dataset="certificate",
    severity="warning",
    fields=("skill_level", "cert_type"),
    message="职业资格证书或职业技能等级证书没有填写等级。",
    why="高技能人才按等级统计，没有等级的证书归不进任何一级。",
    fix="请对照证书补填等级。",
    basis="深人社发〔2025〕51号（十七）",
    passes=[{"cert_type": "02", "skill_level": "4"}, {"cert_type": "05"}],
    fails=[{"cert_type": "02"}, {"cert_type": "01"}],
    unless=("CT001", "CT011"),
    bad_rows_where="""
        cert_type in ('01', '02')
        and skill_level is null
    """,
)
