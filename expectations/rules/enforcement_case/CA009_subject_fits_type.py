"""CA009: A person has an identity number, a unit a credit code."""

from __future__ import annotations

from expectations.identity import USCC_FORM, full_match, looks_personal, uscc_check
from expectations.rule import rule

LOOKS_PERSONAL = looks_personal("subject_id")

rule(
    code="CA009",
    dataset="enforcement_case",
    severity="critical",
    fields=("subject_id", "subject_type"),
    message="对象类型与证件类型不符：个人应填证件号码，单位应填统一社会信用代码。",
    why="查处对象要与补贴和机构目录比对，类型填反就比对不上。",
    fix="请核对对象类型和信用代码或证件号。",
    basis="GB 32100-2015；GB 11643-1999",
    passes=[
        {"subject_type": "1", "subject_id": "11010519491231002X"},
        {"subject_type": "2", "subject_id": "91350100M000100Y43"},
    ],
    fails=[
        {"subject_type": "1", "subject_id": "91350100M000100Y43"},
        {"subject_type": "2", "subject_id": "11010519491231002X"},
    ],
    bad_rows_where=f"""
        subject_type = '1' and {full_match("subject_id", USCC_FORM)} and not {LOOKS_PERSONAL}
        or subject_type <> '1' and {LOOKS_PERSONAL} and not {uscc_check("subject_id")}
    """,
)
