"""CA010: A unit's credit code is valid."""

from __future__ import annotations

from expectations.identity import uscc_check
from expectations.rule import rule

rule(
    code="CA010",
    dataset="enforcement_case",
    severity="critical",
    fields=("subject_id", "subject_type"),
    message="查处单位的统一社会信用代码无效（格式或校验码不符）。",
    why="代码错一位就会认成另一家单位。",
    fix="请对照营业执照或登记证书核对18位代码。",
    basis="GB 32100-2015",
    passes=[{"subject_type": "2", "subject_id": "91350100M000100Y43"}, {"subject_type": "1", "subject_id": "1"}],
    fails=[{"subject_type": "2", "subject_id": "91350100M000100Y44"}],
    unless=("CA009",),
    bad_rows_where=f"""
        subject_type <> '1'
        and not {uscc_check("subject_id")}
    """,
)
