"""OF001: Follow-up is after three, six, twelve and twenty-four months."""

from __future__ import annotations

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.rule import native_rule


@native_rule(
    code="OF001",
    dataset="outcome_followup",
    severity="critical",
    fields=("check_month",),
    message="跟踪月数不是3、6、12或24。",
    why="就业率按3、6、12个月、创业三率按3、6、12、24个月比较，其他月数的跟踪不能进入任何一个时点。",
    fix="请填写3、6、12或24。",
    basis="深人社发〔2025〕51号（十）（二十二）",
    passes=[{"check_month": 6}, {"check_month": 24}],
    fails=[{"check_month": 5}],
)
def check_month_listed() -> Expectation:
    return gxe.ExpectColumnValuesToBeInSet(column="check_month", value_set=[3, 6, 12, 24])
