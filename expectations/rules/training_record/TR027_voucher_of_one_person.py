"""TR027: A voucher is used once."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR027",
    dataset="training_record",
    severity="warning",
    fields=("voucher_no",),
    message="同一张培训券登记了两次。",
    why="培训券对应一份补贴，重复登记会被当作重复领取。",
    fix="请核对培训券号。",
    basis="常识",
    passes=[
        {"id_no": "11010519491231002X", "voucher_no": "Q1"},
        {"id_no": "110105194912310038", "voucher_no": "Q2"},
        {"id_no": "110105194912310046"},
        {"id_no": "110105194912310054"},
    ],
    fails=[{"id_no": "11010519491231002X", "voucher_no": "Q3"}, {"id_no": "110105194912310038", "voucher_no": "Q3"}],
    pair=("voucher_no",),
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, voucher_no
            from {batch}
            where voucher_no is not null
            group by all
            having count(*) > 1
        ) using (submission_id, voucher_no)
    """,
)
