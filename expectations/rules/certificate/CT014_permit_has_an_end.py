"""CT014: A permit says until when it is valid."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT014",
    dataset="certificate",
    severity="warning",
    fields=("valid_until", "cert_type"),
    message="这类证书有规定的有效期，却没有填写有效期至。",
    why="到期要复审，没有有效期就不知道哪些证书已经失效。",
    fix="请对照证书补填有效期至。",
    basis="特种作业人员安全技术培训考核管理规定；建筑施工特种作业人员管理规定",
    passes=[{"cert_type": "04", "valid_until": "2032-06-01"}, {"cert_type": "02"}],
    fails=[{"cert_type": "04"}, {"cert_type": "08"}],
    bad_rows_where="""
        cert_type in ('04', '06', '08')
        and valid_until is null
    """,
)
