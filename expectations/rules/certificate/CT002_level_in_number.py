"""CT002: The number's sixteenth character is the level."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT002",
    dataset="certificate",
    severity="critical",
    fields=("skill_level", "cert_no", "cert_type"),
    message="职业技能等级与证书编号第16位不一致。",
    why="等级决定证书计入哪一级和补贴标准，与编号不一致时无法判断以哪个为准。",
    fix="请对照证书核对等级和编号。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {"cert_type": "02", "cert_no": "S000044000001265000001", "skill_level": "5"},
        {"cert_type": "05", "cert_no": "S000044000001265000001", "skill_level": "4"},
    ],
    fails=[{"cert_type": "02", "cert_no": "S000044000001265000001", "skill_level": "4"}],
    unless=("CT001",),
    bad_rows_where="""
        cert_type = '02'
        and substr(cert_no, 16, 1) between '1' and '5'
        and substr(cert_no, 16, 1) <> skill_level
    """,
)
