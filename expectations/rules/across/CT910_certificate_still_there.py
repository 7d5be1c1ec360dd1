"""CT910: What was reported is reported still."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT910",
    dataset="certificate",
    severity="warning",
    fields=("cert_no",),
    message="上一版校验通过的证书有 {rows} 本不在这一版中，也没有在别处报送。",
    why="重报以新文件为准，漏掉的证书不再计数。",
    fix="请核对是否漏报；证书已注销的，保留该行并把状态填为注销。",
    basis="数据报送约定：重报替换原报送",
    passes=[
        {
            "certificate": [],
            "submitted": [{"submission_id": "B", "dataset": "certificate"}],
            "superseded_certificate": [{"certificate_key": "c"}],
            "known_certificate": [{"certificate_key": "c"}],
        }
    ],
    fails=[
        {
            "certificate": [],
            "submitted": [{"submission_id": "B", "dataset": "certificate"}],
            "superseded_certificate": [{"certificate_key": "c"}],
        }
    ],
    scope="across",
    bad_rows="""
        select
            submitted.submission_id,
            null::bigint as row_index,
            count(distinct certificate_key) as affected
        from superseded_certificate
        join submitted using (unit_code, period)
        anti join known_certificate using (certificate_key)
        where dataset = '{batch}' and certificate_key is not null
        group by submitted.submission_id
    """,
)
