"""CT001: One letter and 21 characters (02), or 16 digits (01)."""

from __future__ import annotations

from expectations.identity import full_match
from expectations.rule import rule

LEVEL_NUMBER = "[A-Z][0-9]{14}[1-5A-Z][0-9]{6}"

rule(
    code="CT001",
    dataset="certificate",
    severity="critical",
    fields=("cert_no", "cert_type"),
    message="证书编号的位数或格式与证书类别不符。",
    why="编号是证书的唯一标识，格式不对就查不到证书，也分不清是否重复计数。",
    fix="职业技能等级证书为1位字母加21位，职业资格证书为16位数字；请对照证书核对编号和证书类别。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {"cert_type": "02", "cert_no": "S000044000001265000001"},
        {"cert_type": "01", "cert_no": "2644011005300012"},
        {"cert_type": "05", "cert_no": "甲-12"},
    ],
    fails=[
        {"cert_type": "02", "cert_no": "S00004400000126500001"},
        {"cert_type": "02", "cert_no": "12345"},
        {"cert_type": "01", "cert_no": "A1"},
    ],
    bad_rows_where=f"""
        cert_type = '02' and not {full_match("cert_no", LEVEL_NUMBER)}
        or cert_type = '01' and not {full_match("cert_no", f"[0-9]{{16}}|{LEVEL_NUMBER}")}
    """,
)
