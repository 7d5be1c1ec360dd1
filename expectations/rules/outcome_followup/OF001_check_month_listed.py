"""OF001: Follow-up is after three, six and twelve months."""

from __future__ import annotations

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.rule import native_rule


@native_rule(
    code="OF001",
    dataset="outcome_followup",
    severity="critical",
    fields=("check_month",),
    message="跟踪月数不是3、6或12。",
    why="就业率按3、6、12个月三个时点比较，其他月数的跟踪不能进入任何一个时点。",
    fix="请填写3、6或12。",
    basis="深人社发〔2025〕51号（十）（二十二）",
    passes=[{"check_month": 6}],
    fails=[{"check_month": 5}],
)
def check_month_listed() -> Expectation:
    return gxe.ExpectColumnValuesToBeInSet(column="check_month", value_set=[3, 6, 12])
