"""CT025: Nobody under sixteen is certified."""

from __future__ import annotations

from expectations.identity import HAS_BIRTH_DATE, birth_date
from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("training_age_min", "issue_date")

rule(
    code="CT025",
    dataset="certificate",
    severity="warning",
    fields=("id_no", "issue_date"),
    message="按证件号码，发证时不满16周岁。",
    why="未满16周岁不能参加评价，号码或日期多半有一项填错。",
    fix="请核对证件号码和发证日期。",
    basis="劳动法第十五条",
    passes=[
        {"id_no": "11010519491231002X", "issue_date": "2026-06-01"},
        {"id_no": "110105201006010022", "issue_date": "2026-06-01"},
    ],
    fails=[{"id_no": "110105201006020028", "issue_date": "2026-06-01"}],
    unless=("PN002", "PN003", "PN004", "PN007", "PN017"),
    bad_rows_where=f"""
        {HAS_BIRTH_DATE}
        and date_sub('year', {birth_date("id_no")}, issue_date) < {LEAST}
    """,
)
