"""CP001: A competition ends on or after the day it starts."""

from __future__ import annotations

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.rule import native_rule


@native_rule(
    code="CP001",
    dataset="competition",
    severity="critical",
    fields=("end_date", "start_date"),
    message="结束日期早于开始日期。",
    why="赛项按结束日期计入年度任务，日期颠倒就无法确定计入哪一年。",
    fix="请核对两个日期。",
    basis="常识",
    passes=[{"start_date": "2026-06-01", "end_date": "2026-06-01"}],
    fails=[{"start_date": "2026-06-02", "end_date": "2026-06-01"}],
    expected="'不早于 ' || start_date",
)
def ends_after_it_starts() -> Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="end_date", column_B="start_date", or_equal=True)
