"""CT004: T and the holder's identity number."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT004",
    dataset="certificate",
    severity="critical",
    fields=("cert_no", "cert_type", "id_no"),
    message="特种作业操作证编号不是“T”加本人的身份证号码。",
    why="操作证编号由本人身份证号码组成，对不上说明证书可能不是这个人的。",
    fix="请对照证书核对编号、证件号码和证书类别。",
    basis="特种作业操作证编号规则",
    passes=[
        {"cert_type": "04", "cert_no": "T11010519491231002X", "id_no": "11010519491231002X"},
        {"cert_type": "04", "cert_no": "T11010519491231002X", "id_no": "110105491231002"},
        {"cert_type": "04", "cert_no": "TH12345678", "id_no": "H12345678", "id_type": "02"},
    ],
    fails=[
        {"cert_type": "04", "cert_no": "T110105194912310020", "id_no": "11010519491231002X"},
        {"cert_type": "04", "cert_no": "11010519491231002X", "id_no": "11010519491231002X"},
    ],
    unless=("PN001", "PN002", "PN003", "PN007"),
    bad_rows_where="""
        cert_type = '04'
        and upper(cert_no) not in ('T' || id_no, 'T' || id18(id_no))
    """,
)
