"""SP907: Who applies for a certificate's subsidy has it."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP907",
    dataset="subsidy_payment",
    severity="warning",
    fields=("apply_date", "cert_no"),
    message="申请日期早于证书的发证日期。",
    why="取得证书以后才能申请，日期倒挂的会被退回。",
    fix="请核对申请日期和证书编号；“应为”一栏来自报送的证书。",
    basis="广东省职业技能提升补贴办法",
    passes=[
        {
            "subsidy_payment": [{"certificate_key": "c", "apply_date": "2026-06-10"}],
            "known_certificate": [{"certificate_key": "c", "issue_date": "2026-06-10"}],
        }
    ],
    fails=[
        {
            "subsidy_payment": [{"certificate_key": "c", "apply_date": "2026-06-09"}],
            "known_certificate": [{"certificate_key": "c", "issue_date": "2026-06-10"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, '不早于 ' || issue_date as expected
        from {batch}
        join known_certificate using (certificate_key)
        where apply_date < issue_date
    """,
)
