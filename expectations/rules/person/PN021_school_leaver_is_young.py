"""PN021: Who left school this year is young."""

from __future__ import annotations

from expectations.identity import HAS_BIRTH_DATE, birth_date
from expectations.rule import rule
from expectations.threshold import threshold

MOST = threshold("school_leaver_age_max", "period_end_date")

rule(
    code="PN021",
    dataset=("training_record", "support_service"),
    severity="warning",
    fields=("person_category", "id_no"),
    message="人员类别是应届初高中毕业生，按证件号码年龄过大。",
    why="应届毕业生的培训另有补贴，年龄不符的会被剔除。",
    fix="请核对人员类别和证件号码。",
    basis="数据报送约定：应届初高中毕业生的年龄",
    passes=[
        {"person_category": "13", "id_no": "110105200512310021"},
        {"person_category": "07", "id_no": "11010519491231002X"},
    ],
    fails=[{"person_category": "13", "id_no": "11010519491231002X"}],
    unless=("PN002", "PN003", "PN004", "PN007", "PN017"),
    bad_rows_where=f"""
        contains(person_category, '13')
        and {HAS_BIRTH_DATE}
        and date_sub('year', {birth_date("id_no")}, period_start_date) > {MOST}
    """,
)
