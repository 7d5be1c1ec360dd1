"""PN012: The sequence number's last digit is odd for men."""

from __future__ import annotations

from expectations.identity import HAS_BIRTH_DATE, sex
from expectations.rule import rule

rule(
    code="PN012",
    dataset=("training_record", "certificate", "talent_award", "support_service"),
    severity="critical",
    fields=("sex", "id_no"),
    message="性别与证件号码不一致（第17位奇数为男、偶数为女）。",
    why="性别与号码不一致，说明两项中有一项抄错，可能张冠李戴。",
    fix="请对照证件核对性别和号码。",
    basis="GB 11643-1999",
    passes=[{"id_no": "11010519491231002X", "sex": "2"}, {"id_no": "11010519491231002X", "sex": "0"}],
    fails=[{"id_no": "11010519491231002X", "sex": "1"}, {"id_no": "110105491231002", "sex": "1"}],
    unless=("PN002", "PN003", "PN007"),
    bad_rows_where=f"""
        {HAS_BIRTH_DATE}
        and sex in ('1', '2')
        and sex <> {sex("id_no")}
    """,
)
