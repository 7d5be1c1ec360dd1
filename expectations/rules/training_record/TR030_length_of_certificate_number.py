"""TR030: A certificate number that lost or gained a character."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR030",
    dataset="training_record",
    severity="warning",
    fields=("cert_no",),
    message="证书编号的位数不对：职业技能等级证书为22位，职业资格证书为16位。",
    why="编号少一位或多一位就对不上证书明细，这名学员会算作没有取证。",
    fix="请对照证书补全编号；还没有取得证书的留空。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {"cert_no": "S000044000001265000001"},
        {"cert_no": "S00004400000126A000001"},
        {"cert_no": "2644011005300012"},
        {"cert_no": "T11010519491231002X"},
        {"cert_no": "粤建安B（2026）0012345"},
        {"cert_no": "SZSG2026000001"},
        {},
    ],
    fails=[
        {"cert_no": "S00004400000126500001"},
        {"cert_no": "S0000440000012650000011"},
        {"cert_no": "y00004400000126A00001"},
        {"cert_no": "264401100530001"},
        {"cert_no": "26440110053000122"},
    ],
    bad_rows_where="""
        regexp_full_match(upper(cert_no), '[A-SU-Z][0-9]{14,}[0-9A-Z]?[0-9]{0,9}')
        and length(cert_no) <> 22
        or regexp_full_match(cert_no, '[0-9]{15}|[0-9]{17}')
    """,
)
