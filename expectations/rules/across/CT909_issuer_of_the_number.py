"""CT909: The issuer is whose code begins the number: one finding per issuer and submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT909",
    dataset="certificate",
    severity="warning",
    fields=("issuer_uscc", "cert_no"),
    message="发证机构代码与证书编号前13位所属的评价机构不同，本次报送涉及 {rows} 本。",
    why="核查证书时按编号找到机构，两处不同就核不实。",
    fix="请对照证书核对发证机构和编号。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {
            "certificate": [{"cert_type": "02", "certificate_org_code": "S000044000001", "issuer_uscc": "1"}],
            "known_issuer": [{"cert_org_code": "S000044000001", "uscc": "1"}],
        },
        {
            "certificate": [{"cert_type": "02", "certificate_org_code": "S000044000009", "issuer_uscc": "1"}],
            "known_issuer": [{"cert_org_code": "S000044000001", "uscc": "1"}],
        },
    ],
    fails=[
        {
            "certificate": [{"cert_type": "02", "certificate_org_code": "S000044000001", "issuer_uscc": "2"}],
            "known_issuer": [{"cert_org_code": "S000044000001", "uscc": "1"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch} as own
        semi join (
            select cert_org_code
            from known_issuer
            where uscc is not null
        ) as listed
            on listed.cert_org_code = own.certificate_org_code
        anti join known_issuer as same
            on same.cert_org_code = own.certificate_org_code and same.uscc = own.issuer_uscc
        where cert_type = '02' and issuer_uscc is not null
        group by submission_id, certificate_org_code, issuer_uscc
    """,
)
