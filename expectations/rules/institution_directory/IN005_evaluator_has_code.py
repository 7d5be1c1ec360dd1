"""IN005: Who issues certificates has a code for them."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN005",
    dataset="institution_directory",
    severity="warning",
    fields=("cert_org_code", "entity_type"),
    message="职业技能评价机构没有填写备案编码。",
    why="证书编号靠备案编码认评价机构，缺少编码时它核发的证书都对不上。",
    fix="请补填证书编号前13位所用的备案编码。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[{"entity_type": "7", "cert_org_code": "S000044000001"}, {"entity_type": "1"}],
    fails=[{"entity_type": "7"}, {"entity_type": "8"}],
    bad_rows_where="""
        entity_type in ('7', '8')
        and cert_org_code is null
    """,
)
