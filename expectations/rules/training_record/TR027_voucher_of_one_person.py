"""TR027: A voucher is used by one person in one class."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR027",
    dataset="training_record",
    severity="warning",
    fields=("voucher_no", "id_no", "class_id"),
    message="同一张培训券登记在不同的学员或班级名下。",
    why="一张培训券对应一人一班的一份补贴，登记在两处会被当作重复领取。",
    fix="请对照培训券核对券号。",
    basis="常识",
    passes=[
        {"id_no": "11010519491231002X", "voucher_no": "Q1"},
        {"id_no": "110105194912310038", "voucher_no": "Q2"},
        {"id_no": "110105194912310046"},
        {"id_no": "110105194912310054"},
        {"id_no": "110105194912310062", "class_id": "SZ-0001", "voucher_no": "Q4"},
        {"id_no": "110105194912310062", "class_id": "SZ-0001", "voucher_no": "Q4"},
    ],
    fails=[
        {"id_no": "11010519491231002X", "class_id": "SZ-0001", "voucher_no": "Q3"},
        {"id_no": "110105194912310038", "class_id": "SZ-0001", "voucher_no": "Q3"},
        {"id_no": "110105194912310046", "class_id": "SZ-0001", "voucher_no": "Q5"},
        {"id_no": "110105194912310046", "class_id": "SZ-0002", "voucher_no": "Q5"},
    ],
    pair=("voucher_no",),
    apart="(id_no, class_id)",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, voucher_no
            from {batch}
            where voucher_no is not null
            group by all
            having min(id_no) <> max(id_no) or min(class_id) <> max(class_id)
        ) using (submission_id, voucher_no)
    """,
)
