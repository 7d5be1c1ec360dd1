"""SP004: A person has an identity number, a unit a credit code."""

from __future__ import annotations

from expectations.identity import USCC_FORM, full_match, looks_personal, uscc_check
from expectations.rule import rule

LOOKS_PERSONAL = looks_personal("payee_id")

rule(
    code="SP004",
    dataset="subsidy_payment",
    severity="critical",
    fields=("payee_id", "payee_type"),
    message="支付对象与收款人证件类型不符：个人应填证件号码，单位应填统一社会信用代码。",
    why="收款人的类型决定钱付给个人还是单位，类型不符的付款无法核对收款人。",
    fix="请核对支付对象和收款人证件/信用代码。",
    basis="GB 32100-2015；GB 11643-1999",
    passes=[
        {"payee_type": "1", "payee_id": "11010519491231002X"},
        {"payee_type": "2", "payee_id": "91350100M000100Y43"},
    ],
    fails=[
        {"payee_type": "1", "payee_id": "91350100M000100Y43"},
        {"payee_type": "3", "payee_id": "11010519491231002X"},
    ],
    bad_rows_where=f"""
        payee_type = '1' and {full_match("payee_id", USCC_FORM)} and not {LOOKS_PERSONAL}
        or payee_type <> '1' and {LOOKS_PERSONAL} and not {uscc_check("payee_id")}
    """,
)
