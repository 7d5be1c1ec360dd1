"""CT026: A code belongs to one issuer."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT026",
    dataset="certificate",
    severity="info",
    fields=("issuer_name", "issuer_uscc"),
    message="同一个发证机构代码对应几个不同的名称，本行的名称用得较少。",
    why="按机构核查证书时名称不一，说明名称或代码有写错的。",
    fix="请核对发证机构的全称和信用代码。",
    basis="GB 32100-2015",
    passes=[
        {"issuer_uscc": "91350100M000100Y43", "issuer_name": "甲中心"},
        {"issuer_uscc": "91350100M000100Y43", "issuer_name": "甲中心"},
        {"issuer_uscc": "91310115MA1K3BTP2B", "issuer_name": "丙中心"},
    ],
    fails=[{"issuer_uscc": "91350100M000100Y43", "issuer_name": "乙中心"}],
    pair=("issuer_uscc",),
    apart="issuer_name",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, issuer_uscc, issuer_name
            from (
                select
                    submission_id,
                    issuer_uscc,
                    issuer_name,
                    row_number() over (
                        partition by submission_id, issuer_uscc
                        order by count(*) desc, issuer_name
                    ) as place
                from {batch}
                where issuer_uscc is not null and issuer_name is not null
                group by submission_id, issuer_uscc, issuer_name
            )
            where place > 1
        ) using (submission_id, issuer_uscc, issuer_name)
    """,
)
