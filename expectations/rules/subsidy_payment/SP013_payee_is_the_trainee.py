"""SP013: A personal subsidy is paid to the trainee."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP013",
    dataset="subsidy_payment",
    severity="warning",
    fields=("payee_id", "beneficiary_id_no", "payee_type"),
    message="个人补贴的收款人与学员不是同一个证件号码。",
    why="补贴应发给本人，两个号码不同会被当作代领。",
    fix="请对照证件核对收款人和学员的证件号码。",
    basis="广东省职业技能提升补贴办法：发给本人",
    passes=[
        {"payee_type": "1", "payee_id": "11010519491231002X", "beneficiary_id_no": "11010519491231002X"},
        {"payee_type": "1", "payee_id": "11010519491231002X", "beneficiary_id_no": "110105491231002"},
        {"payee_type": "2", "payee_id": "91350100M000100Y43", "beneficiary_id_no": "11010519491231002X"},
        {"payee_type": "1", "payee_id": "11010519491231002X"},
    ],
    fails=[{"payee_type": "1", "payee_id": "11010519491231002X", "beneficiary_id_no": "110105194912310038"}],
    unless=("SP004", "SP006", "SP007"),
    bad_rows_where="""
        payee_type = '1'
        and id18(payee_id) <> id18(beneficiary_id_no)
    """,
)
