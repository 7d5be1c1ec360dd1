"""SP006: The payee's identity number is right; documents without a check are taken by their form."""

from __future__ import annotations

from expectations.identity import FORM_15, full_match, resident_check
from expectations.rule import rule

OTHER = f"{FORM_15}|[HM][0-9]{{8}}([0-9]{{2}})?|[0-9]{{8}}|[0-9]{{10}}|[A-Z]{{1,2}}[0-9]{{7,8}}|[A-Z]{{3}}[0-9]{{12}}"

rule(
    code="SP006",
    dataset="subsidy_payment",
    severity="critical",
    fields=("payee_id", "payee_type"),
    message="收款人的证件号码无效（位数或校验码不符）。",
    why="号码无效就无法认定钱付给了哪个人，这笔钱不能进入统计。",
    fix="请对照证件核对号码。",
    basis="GB 11643-1999",
    passes=[
        {"payee_type": "1", "payee_id": "11010519491231002X"},
        {"payee_type": "1", "payee_id": "H12345678"},
        {"payee_type": "2", "payee_id": "1"},
    ],
    fails=[
        {"payee_type": "1", "payee_id": "110105194912310021"},
        {"payee_type": "1", "payee_id": "4.40301199001011E+17"},
    ],
    unless=("SP004",),
    bad_rows_where=f"""
        payee_type = '1'
        and not {resident_check("payee_id")}
        and not {full_match("payee_id", OTHER)}
    """,
)
