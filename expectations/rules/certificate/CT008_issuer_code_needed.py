"""CT008: Permits name their issuer by code."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT008",
    dataset="certificate",
    severity="warning",
    fields=("issuer_uscc", "cert_type"),
    message="这类证书应填写发证机构统一社会信用代码。",
    why="凭发证机构的信用代码才能核实证书由谁核发，缺少时证书无法追溯。",
    fix="请补填发证机构的18位代码。",
    basis="数据合同：证书类别04、06、08必填",
    passes=[{"cert_type": "04", "issuer_uscc": "91350100M000100Y43"}, {"cert_type": "02"}],
    fails=[{"cert_type": "04"}],
    bad_rows_where="""
        cert_type in ('04', '06', '08')
        and issuer_uscc is null
    """,
)
