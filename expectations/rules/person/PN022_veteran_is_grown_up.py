"""PN022: Who has served is grown up."""

from __future__ import annotations

from expectations.identity import HAS_BIRTH_DATE, birth_date
from expectations.rule import rule

rule(
    code="PN022",
    dataset=("training_record", "support_service"),
    severity="warning",
    fields=("person_category", "id_no"),
    message="人员类别是退役军人，按证件号码不满18岁。",
    why="退役军人的人次单独考核，身份与年龄矛盾的经不起核查。",
    fix="请核对人员类别和证件号码。",
    basis="兵役法：年满18周岁服现役",
    passes=[
        {"person_category": "09", "id_no": "11010519491231002X"},
        {"person_category": "07", "id_no": "110105201512310023"},
    ],
    fails=[{"person_category": "09", "id_no": "110105201012310021"}],
    unless=("PN002", "PN003", "PN004", "PN007", "PN017"),
    bad_rows_where=f"""
        contains(person_category, '09')
        and {HAS_BIRTH_DATE}
        and date_sub('year', {birth_date("id_no")}, period_end_date) < 18
    """,
)
