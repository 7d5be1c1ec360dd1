"""PN017: Of an age, at the period's end, at which people learn and work."""

from __future__ import annotations

from expectations.identity import HAS_BIRTH_DATE, birth_date
from expectations.rule import rule
from expectations.threshold import threshold

YOUNGEST, OLDEST = (threshold(f"reported_age_{end}", "period_end_date") for end in ("min", "max"))

rule(
    code="PN017",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="warning",
    fields=("id_no",),
    message="按证件号码，报告期末的年龄过小或过大。",
    why="年龄超出常理多半是号码抄错，也可能是不应在名单内的人。",
    fix="请核对证件号码和此人是否应在名单内。",
    basis="数据报送约定：名单中人员的合理年龄",
    passes=[{"id_no": "11010519491231002X"}],
    fails=[{"id_no": "440524188001010014"}, {"id_no": "110105201512310023"}],
    expected=f"{YOUNGEST} || ' 至 ' || {OLDEST} || ' 岁'",
    unless=("PN002", "PN003", "PN004", "PN007"),
    bad_rows_where=f"""
        {HAS_BIRTH_DATE}
        and date_sub('year', {birth_date("id_no")}, period_end_date) not between {YOUNGEST} and {OLDEST}
    """,
)
