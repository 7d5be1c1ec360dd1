"""TR028: A certificate belongs to one person."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR028",
    dataset="training_record",
    severity="warning",
    fields=("cert_no", "id_no"),
    message="几名学员填写了同一个证书编号。",
    why="一本证书只属于一个人，编号填错会使别人的证书重复计数。",
    fix="请对照证书核对编号。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {"id_no": "11010519491231002X", "cert_no": "S000044000001265000001"},
        {"id_no": "110105194912310038", "cert_no": "S000044000001265000002"},
        {"id_no": "11010519491231002X", "cert_no": "S000044000001265000001", "class_id": "SZ-0002"},
    ],
    fails=[
        {"id_no": "11010519491231002X", "cert_no": "S000044000001265000003"},
        {"id_no": "110105194912310038", "cert_no": "S000044000001265000003"},
    ],
    pair=("cert_no",),
    apart="id_no",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, cert_no
            from {batch}
            where cert_no is not null
            group by all
            having min(id_no) <> max(id_no)
        ) using (submission_id, cert_no)
    """,
)
