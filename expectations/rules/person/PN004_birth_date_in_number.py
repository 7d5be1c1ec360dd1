"""PN004: The date inside the number exists and lies before the period's end."""

from __future__ import annotations

from expectations.identity import HAS_BIRTH_DATE, birth_date, resident_form
from expectations.rule import rule

rule(
    code="PN004",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="证件号码中的出生日期不存在，或晚于报告期。",
    why="出生日期决定年龄条件是否符合，日期不存在说明号码写错，无法认定是哪个人。",
    fix="请对照证件核对号码的第7至14位。",
    basis="GB 11643-1999",
    passes=[{"id_no": "11010519491231002X"}, {"id_no": "110105491231002"}],
    fails=[{"id_no": "110105194913310026"}, {"id_no": "110105491331002"}, {"id_no": "110105202612310029"}],
    unless=("PN003", "PN007"),
    bad_rows_where=f"""
        {HAS_BIRTH_DATE}
        and {resident_form("id_no")}
        and not coalesce({birth_date("id_no")} between date '1900-01-01' and period_end_date, false)
    """,
)
