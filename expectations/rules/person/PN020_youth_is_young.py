"""PN020: Young people are young."""

from __future__ import annotations

from expectations.identity import HAS_BIRTH_DATE, birth_date
from expectations.rule import rule
from expectations.threshold import threshold

MOST = threshold("youth_age_max", "period_end_date")

rule(
    code="PN020",
    dataset=("training_record", "support_service"),
    severity="warning",
    fields=("person_category", "id_no"),
    message="人员类别是青年劳动者或失业青年，按证件号码年龄已超过青年的上限。",
    why="青年的人次单独统计，超龄的人要归入别的类别。",
    fix="请核对人员类别和证件号码。",
    basis="中长期青年发展规划（2016—2025年）：14至35周岁",
    passes=[
        {"person_category": "08", "id_no": "44030519910601001X"},
        {"person_category": "07", "id_no": "11010519491231002X"},
        {"person_category": "14"},
    ],
    fails=[
        {"person_category": "08", "id_no": "11010519491231002X"},
        {"person_category": "04;14", "id_no": "110105491231002"},
    ],
    unless=("PN002", "PN003", "PN004", "PN007", "PN017"),
    bad_rows_where=f"""
        regexp_matches(person_category, '08|14')
        and {HAS_BIRTH_DATE}
        and date_sub('year', {birth_date("id_no")}, period_start_date) > {MOST}
    """,
)
