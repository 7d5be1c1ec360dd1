"""CT902: The number begins with the code of an issuer in a directory."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT902",
    dataset="certificate",
    severity="warning",
    fields=("cert_no", "issuer_name"),
    message="证书编号前13位不是目录中任何评价机构的备案编码，本次报送涉及 {rows} 本证书。",
    why="证书须由已备案的评价机构核发，对不上备案编码的证书难以核实真伪。",
    fix="请核对证书编号；如机构已备案，请主管部门更新机构目录，更新后会自动对上。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {
            "certificate": [{"certificate_org_code": "S000044000001", "cert_type": "02"}],
            "known_issuer": [{"cert_org_code": "S000044000001"}],
        },
    ],
    fails=[
        {
            "certificate": [{"certificate_org_code": "S000044000009", "cert_type": "02"}],
            "known_issuer": [{"cert_org_code": "S000044000001"}],
        },
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        where
            cert_type = '02'
            and certificate_org_code not in (select cert_org_code from known_issuer)
        group by submission_id, certificate_org_code
    """,
)
