"""CT904: A certificate belongs to one person."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT904",
    dataset="certificate",
    severity="warning",
    fields=("cert_no", "id_no"),
    message="同一证书编号登记在不同的人名下。",
    why="一个编号只属于一个人，登记在多人名下时至少有一人的证书不能计数。",
    fix="请对照证书核对编号和证件号码。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[
        {"certificate": [{"certificate_key": "c", "person_key": "a"}, {"certificate_key": "d", "person_key": "b"}]},
    ],
    fails=[
        {"certificate": [{"certificate_key": "c", "person_key": "a"}, {"certificate_key": "c", "person_key": "b"}]},
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        where certificate_key in (
            select certificate_key
            from {batch}
            group by all
            having count(distinct person_key) > 1
        )
    """,
)
