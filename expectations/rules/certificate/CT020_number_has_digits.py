"""CT020: Words stand where the number belongs."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT020",
    dataset=("certificate", "training_record", "subsidy_payment"),
    severity="warning",
    fields=("cert_no",),
    message="证书编号不像编号：连四位数字都没有。",
    why="编号用来核对证书和防止重复补贴，“办理中”一类的字样核对不了。",
    fix="请填写证书上的编号；证书还没有发的留空。",
    basis="数据合同：证书编号",
    passes=[{"cert_no": "S000044000001265000001"}, {"cert_no": "粤安C2026000001"}],
    fails=[{"cert_no": "办理中"}, {"cert_no": "甲-12"}],
    unless=("CT001",),
    bad_rows_where="""
        not regexp_matches(cert_no, '[0-9]{4}')
    """,
)
