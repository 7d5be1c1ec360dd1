"""SP908: A subsidy is for the certificate's level."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP908",
    dataset="subsidy_payment",
    severity="warning",
    fields=("skill_level", "cert_no"),
    message="补贴的等级与证书的等级不同。",
    why="补贴标准按等级确定，等级不符会多发或少发。",
    fix="请核对等级；“应为”一栏来自报送的证书。",
    basis="广东省职业技能提升补贴办法",
    passes=[
        {
            "subsidy_payment": [{"certificate_key": "c", "skill_level": "5"}],
            "known_certificate": [{"certificate_key": "c", "skill_level": "5"}],
        },
        {
            "subsidy_payment": [{"certificate_key": "c"}],
            "known_certificate": [{"certificate_key": "c", "skill_level": "5"}],
        },
    ],
    fails=[
        {
            "subsidy_payment": [{"certificate_key": "c", "skill_level": "3"}],
            "known_certificate": [{"certificate_key": "c", "skill_level": "5"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, held.skill_level as expected
        from {batch} as own
        join known_certificate as held using (certificate_key)
        where own.skill_level <> held.skill_level
    """,
)
