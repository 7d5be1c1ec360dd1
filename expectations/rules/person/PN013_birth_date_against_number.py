"""PN013: The stated birth date is the one inside the number."""

from __future__ import annotations

from expectations.identity import HAS_BIRTH_DATE, birth_date
from expectations.rule import rule

rule(
    code="PN013",
    dataset=("training_record", "certificate", "talent_award", "support_service"),
    severity="critical",
    fields=("birth_date", "id_no"),
    message="出生日期与证件号码不一致。",
    why="出生日期与号码不一致，说明两项中有一项抄错，年龄条件就无法核对。",
    fix="请对照证件核对出生日期和号码的第7至14位。",
    basis="GB 11643-1999",
    passes=[{"id_no": "11010519491231002X", "birth_date": "1949-12-31"}],
    fails=[{"id_no": "11010519491231002X", "birth_date": "1949-12-30"}],
    unless=("PN002", "PN003", "PN004", "PN007"),
    bad_rows_where=f"""
        {HAS_BIRTH_DATE}
        and birth_date <> {birth_date("id_no")}
    """,
)
