"""SP903: What is paid for a certificate is paid for one that exists."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP903",
    dataset="subsidy_payment",
    severity="warning",
    fields=("cert_no",),
    message="补贴所凭的证书还没有任何单位报送。",
    why="没有证书的补贴没有依据，核查时要逐笔说明。",
    fix="请核对证书编号；如编号无误，请发证的部门报送证书，报送后会自动对上。",
    basis="数据报送约定：迟到的引用",
    passes=[{"subsidy_payment": [{"certificate_key": "c"}, {}], "known_certificate": [{"certificate_key": "c"}]}],
    fails=[{"subsidy_payment": [{"certificate_key": "d"}], "known_certificate": [{"certificate_key": "c"}]}],
    scope="across",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        anti join known_certificate using (certificate_key)
        where certificate_key is not null
    """,
)
