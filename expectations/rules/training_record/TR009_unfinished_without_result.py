"""TR009: Who has not completed has neither date nor certificate."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR009",
    dataset="training_record",
    severity="warning",
    fields=("completed", "completion_date", "cert_no"),
    message="未结业，却填写了结业时间或证书编号。",
    why="未结业的人不计入人次，有结业时间或证书说明状态可能没有更新，会少算人次。",
    fix="请核对是否结业。",
    basis="常识",
    passes=[{"completed": False}, {"completed": True, "completion_date": "2026-06-10"}],
    fails=[
        {"completed": False, "completion_date": "2026-06-10"},
        {"completed": False, "cert_no": "S000044000001265000001"},
    ],
    bad_rows_where="""
        not completed
        and (completion_date is not null or cert_no is not null)
    """,
)
