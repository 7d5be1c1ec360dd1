"""CT018: A number's first letter tells who assesses."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT018",
    dataset="certificate",
    severity="warning",
    fields=("assess_mode", "cert_no"),
    message="评价方式与证书编号的首字母不符：Y是用人单位，S是社会培训评价组织。",
    why="首字母来自机构备案，与评价方式矛盾说明有一项填错。",
    fix="请对照证书核对编号和评价方式。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {"cert_type": "02", "cert_no": "S000044000001265000001", "assess_mode": "1"},
        {"cert_type": "02", "cert_no": "Y000044000001265000001", "assess_mode": "2"},
        {"cert_type": "02", "cert_no": "S000044000001265000001", "assess_mode": "5"},
    ],
    fails=[
        {"cert_type": "02", "cert_no": "S000044000001265000001", "assess_mode": "2"},
        {"cert_type": "02", "cert_no": "Y000044000001265000001", "assess_mode": "1"},
    ],
    unless=("CT001",),
    bad_rows_where="""
        cert_type = '02'
        and left(cert_no, 1) || assess_mode in ('Y1', 'S2')
    """,
)
