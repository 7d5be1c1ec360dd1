"""IN017: A filing code belongs to one issuer."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN017",
    dataset="institution_directory",
    severity="warning",
    fields=("cert_org_code", "name"),
    message="几家机构填写了同一个评价机构备案编码。",
    why="证书编号的前13位就是备案编码，重复时查不到证书由谁发出。",
    fix="请按备案文件核对编码。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {"name": "甲", "cert_org_code": "S000044000001"},
        {"name": "乙", "cert_org_code": "S000044000002"},
        {"name": "丙"},
        {"name": "丁"},
    ],
    fails=[{"name": "戊", "cert_org_code": "S000044000003"}, {"name": "己", "cert_org_code": "S000044000003"}],
    pair=("cert_org_code",),
    apart="name",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, cert_org_code
            from {batch}
            where cert_org_code is not null
            group by all
            having min(name) <> max(name)
        ) using (submission_id, cert_org_code)
    """,
)
