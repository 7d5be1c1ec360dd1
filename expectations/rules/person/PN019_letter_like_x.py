"""PN019: A letter that only looks like X."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="PN019",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="warning",
    fields=("id_no",),
    message="证件号码末位不是字母 X，而是一个与它相像的字符，已按 X 处理。",
    why="相像的字符会使同一个号码看起来不同，同一个人就会被当成两个人。",
    fix="请把末位改为英文字母 X。",
    basis="GB 11643-1999",
    passes=[{"id_no": "11010519491231002X", "id_no__sent": "11010519491231002x"}],
    fails=[
        {"id_no": "11010519491231002X", "id_no__sent": "11010519491231002×"},
        {"id_no": "11010519491231002X", "id_no__sent": "11010519491231002\u0425"},
    ],
    bad_rows_where="""
        regexp_matches(id_no__sent, '[0-9][\\x{425}\\x{445}\\x{3A7}\\x{3C7}\\x{D7}]\\s*$')
    """,
)
