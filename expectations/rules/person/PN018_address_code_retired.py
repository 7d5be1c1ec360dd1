"""PN018: A code that was given up before the person could get it."""

from __future__ import annotations

from expectations.identity import IS_RESIDENT, birth_date, resident_form
from expectations.rule import rule

rule(
    code="PN018",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="warning",
    fields=("id_no",),
    message="证件号码前6位的行政区划在此人出生后没有使用过。",
    why="区划在此人出生后没有用过，号码可能抄错一位而校验码恰好相符。",
    fix="请对照证件核对号码的前6位；如证件确是如此，可不改。",
    basis="GB/T 2260 历年版本",
    passes=[{"id_no": "11010519491231002X"}],
    fails=[{"id_no": "110103201012310024"}],
    unless=("PN003", "PN004"),
    bad_rows=f"""
        select submission_id, row_index
        from {{batch}}
        join reference_division
            on code = left(id_no, 6)
        where
            {IS_RESIDENT}
            and {resident_form("id_no")}
            and last_year < greatest(year({birth_date("id_no")}), 1984)
    """,
)
