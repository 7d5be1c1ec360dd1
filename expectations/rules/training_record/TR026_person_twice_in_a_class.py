"""TR026: One person under two numbers in one class."""

from __future__ import annotations

from expectations.rule import rule

NAME = "replace(person_name, ' ', '')"
PLACE = "hash(submission_id, class_id, mobile)"
"""Few rows share it; only these are compared."""

rule(
    code="TR026",
    dataset="training_record",
    severity="warning",
    fields=("id_no", "person_name", "class_id"),
    message="同一班内有姓名和手机号都相同而证件号码不同的两行，可能是同一人。",
    why="同一人登记两次会使人次多算，证件号码错的一行还会变成另一个人。",
    fix="请对照证件核对号码，同一人只保留一行。",
    workbook_fix="请对照证件核对号码；是同一人的，号码错的一行“处理方式”填“作废”。",
    basis="常识",
    passes=[
        {"class_id": "SZ-0001", "person_name": "王例子", "mobile": "13800000001", "id_no": "11010519491231002X"},
        {"class_id": "SZ-0002", "person_name": "王例子", "mobile": "13800000001", "id_no": "110105194912310038"},
        {"class_id": "SZ-0001", "person_name": "李例子", "mobile": "13800000001", "id_no": "110105194912310046"},
    ],
    fails=[
        {"class_id": "SZ-0003", "person_name": "王 例子", "mobile": "13800000002", "id_no": "11010519491231002X"},
        {"class_id": "SZ-0003", "person_name": "王例子", "mobile": "13800000002", "id_no": "110105194912310038"},
    ],
    pair=("class_id", "mobile", NAME),
    apart="id_no",
    bad_rows=f"""
        select submission_id, row_index
        from (
            select submission_id, row_index, min(id_no) over same <> max(id_no) over same as differs
            from {{batch}}
            where
                mobile is not null
                and {PLACE} in (
                    select {PLACE}
                    from {{batch}}
                    where mobile is not null
                    group by {PLACE}
                    having count(*) > 1
                )
            window same as (partition by submission_id, class_id, mobile, {NAME})
        )
        where differs
    """,
)
