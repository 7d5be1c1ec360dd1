"""CT011: Two letters are known for the highest levels only."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT011",
    dataset="certificate",
    severity="warning",
    fields=("cert_no", "cert_type"),
    message="证书编号第16位（等级）是字母，通常应为1至5。",
    why="编号第16位一般是1至5的等级，写成字母多半是抄错，会使证书查不到。",
    fix="如是特级技师、首席技师可不改，否则请对照证书核对。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[{"cert_type": "02", "cert_no": "S000044000001265000001"}],
    fails=[{"cert_type": "02", "cert_no": "S00004400000126T000001"}],
    unless=("CT001",),
    bad_rows_where="""
        cert_type = '02'
        and substr(cert_no, 16, 1) between 'A' and 'Z'
    """,
)
