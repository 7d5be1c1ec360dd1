"""PN023: One phone for many people was filled in for them."""

from __future__ import annotations

from expectations.rule import rule

PHONE = "hash(submission_id, mobile)"
PERSONS = 5
"""So many on one number are no family."""

rule(
    code="PN023",
    dataset=("training_record", "certificate", "support_service"),
    severity="info",
    fields=("mobile",),
    message="同一个联系电话登记在多人名下，看上去是代填的。",
    why="回访和核实要靠本人的电话，代填的电话联系不到本人。",
    fix="请填写本人的手机号；本人确无手机的留空。",
    basis="数据报送约定：联系电话",
    passes=[
        {"mobile": "13800000001", "id_no": "110105194912310000"},
        {"mobile": "13800000001", "id_no": "110105194912310001"},
        {"mobile": "13800000001", "id_no": "110105194912310002"},
        {"mobile": "13800000001", "id_no": "110105194912310003"},
        {"mobile": "13800000002", "id_no": "11010519491231002X"},
        {"mobile": "13800000002", "id_no": "11010519491231002X"},
        {"mobile": "13800000002", "id_no": "11010519491231002X"},
        {"mobile": "13800000002", "id_no": "11010519491231002X"},
        {"mobile": "13800000002", "id_no": "11010519491231002X"},
    ],
    fails=[
        {"mobile": "13800000003", "id_no": "110105194912310000"},
        {"mobile": "13800000003", "id_no": "110105194912310001"},
        {"mobile": "13800000003", "id_no": "110105194912310002"},
        {"mobile": "13800000003", "id_no": "110105194912310003"},
        {"mobile": "13800000003", "id_no": "110105194912310004"},
    ],
    pair=("mobile",),
    apart="id_no",
    bad_rows=f"""
        select submission_id, row_index
        from (
            from {{batch}}
            where mobile is not null
        )
        where {PHONE} in (
            select {PHONE}
            from {{batch}}
            where
                mobile is not null
                and {PHONE} in (
                    select {PHONE}
                    from {{batch}}
                    where mobile is not null
                    group by {PHONE}
                    having count(*) >= {PERSONS}
                )
            group by {PHONE}
            having count(distinct id_no) >= {PERSONS}
        )
    """,
)
