"""IN018: A filing code's letter tells who assesses."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN018",
    dataset="institution_directory",
    severity="warning",
    fields=("cert_org_code", "entity_type"),
    message="备案编码的首字母与机构类别不符：用人单位是Y，社会培训评价组织是S。",
    why="首字母决定证书属于哪类评价，填错会归错类。",
    fix="请按备案文件核对编码和机构类别。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {"entity_type": "7", "cert_org_code": "S000044000001"},
        {"entity_type": "8", "cert_org_code": "Y000044000001"},
        {"entity_type": "2", "cert_org_code": "J000044000001"},
    ],
    fails=[
        {"entity_type": "7", "cert_org_code": "Y000044000001"},
        {"entity_type": "8", "cert_org_code": "S000044000001"},
    ],
    bad_rows_where="""
        entity_type || left(cert_org_code, 1) in ('7Y', '8S')
    """,
)
