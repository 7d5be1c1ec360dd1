"""SP902: Two units report the same payment with the same amount."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="SP902",
    dataset="subsidy_payment",
    severity="warning",
    fields=("amount", "payment_id"),
    message="同一发放流水号在另一单位报送的金额不同。",
    why="同一笔钱只能有一个金额，两个单位不一致时资金统计不能采用。",
    fix="请两个单位核对金额。",
    basis="数据报送约定：单位之间的重复",
    passes=[
        {
            "subsidy_payment": [
                {"payment_id": "P1", "amount": 100},
                {"payment_id": "P1", "amount": 100, "unit_code": "FIN", "submission_id": "B"},
            ],
        },
    ],
    fails=[
        {
            "subsidy_payment": [
                {"payment_id": "P1", "amount": 100},
                {"payment_id": "P1", "amount": 200, "unit_code": "FIN", "submission_id": "B"},
            ],
        },
    ],
    scope="across",
    bad_rows=reported_by_several("subsidy_payment", ("payment_id",), differing="amount"),
)
