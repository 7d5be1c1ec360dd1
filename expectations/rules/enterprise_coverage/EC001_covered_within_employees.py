"""EC001: A part is not more than the whole."""

from __future__ import annotations

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.rule import native_rule


@native_rule(
    code="EC001",
    dataset="enterprise_coverage",
    severity="critical",
    fields=("covered", "employees"),
    message="已培训（覆盖）人数大于从业人员数。",
    why="覆盖率按人计算，覆盖人数大于从业人员数说明把人次当成了人。",
    fix="请核对两个人数；覆盖人数按人计，不按人次计。",
    basis="常识",
    passes=[{"covered": 100, "employees": 100}],
    fails=[{"covered": 101, "employees": 100}],
    expected="'不大于 ' || employees",
)
def covered_within_employees() -> Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="employees", column_B="covered", or_equal=True)
