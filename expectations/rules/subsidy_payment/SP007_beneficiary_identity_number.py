"""SP007: The beneficiary's identity number is right."""

from __future__ import annotations

from expectations.identity import FORM_15, full_match, resident_check
from expectations.rule import rule

rule(
    code="SP007",
    dataset="subsidy_payment",
    severity="warning",
    fields=("beneficiary_id_no", "beneficiary_id_type"),
    message="学员的证件号码无效（位数或校验码不符）。",
    why="凭学员的号码才能核对补贴与培训、证书是否是同一个人。",
    fix="请对照证件核对号码和证件类型。",
    basis="GB 11643-1999",
    passes=[
        {"beneficiary_id_no": "11010519491231002X"},
        {"beneficiary_id_no": "H12345678", "beneficiary_id_type": "02"},
    ],
    fails=[{"beneficiary_id_no": "110105194912310021"}, {"beneficiary_id_no": "123", "beneficiary_id_type": "01"}],
    bad_rows_where=f"""
        coalesce(beneficiary_id_type, '01') in ('01', '04')
        and not {resident_check("beneficiary_id_no")}
        and not {full_match("beneficiary_id_no", FORM_15)}
    """,
)
