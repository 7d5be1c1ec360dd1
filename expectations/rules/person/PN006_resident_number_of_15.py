"""PN006: An old number of 15 digits."""

from __future__ import annotations

from expectations.identity import FORM_15, IS_RESIDENT, full_match
from expectations.rule import rule

rule(
    code="PN006",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="warning",
    fields=("id_no",),
    message="使用了15位的旧身份证号码。",
    why="新旧号码并用会使同一个人被当成两个人，人数就会多算。",
    fix="请改填18位号码。",
    basis="GB 11643-1999；第一代居民身份证自2013年起停用",
    passes=[{"id_no": "11010519491231002X"}],
    fails=[{"id_no": "110105491231002"}],
    bad_rows_where=f"""
        {IS_RESIDENT}
        and {full_match("id_no", FORM_15)}
    """,
)
