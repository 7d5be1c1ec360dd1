"""PN005: The first six characters were once a division's code."""

from __future__ import annotations

from expectations.identity import IS_RESIDENT, resident_form
from expectations.rule import rule

rule(
    code="PN005",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="证件号码前6位不是任何年代的行政区划代码。",
    why="前6位一定是某个年代的行政区划，对不上说明号码写错，无法认定是哪个人。",
    fix="请对照证件核对号码的前6位。",
    basis="GB 11643-1999;GB/T 2260",
    passes=[{"id_no": "11010519491231002X"}],
    fails=[{"id_no": "999999194912310021"}],
    unless=("PN003",),
    bad_rows_where=f"""
        {IS_RESIDENT}
        and {resident_form("id_no")}
        and left(id_no, 6) not in (
            select code
            from reference_code
            where code_list = 'gbt2260'
        )
    """,
)
