"""TC001: A class ends on or after the day it starts."""

from __future__ import annotations

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.rule import native_rule


@native_rule(
    code="TC001",
    dataset="training_class",
    severity="critical",
    fields=("end_date", "start_date"),
    message="结业日期早于开班日期。",
    why="培训天数和人次的日期都由这两个日期得出，先后颠倒的班不能统计。",
    fix="请核对两个日期，结业日期应不早于开班日期。",
    basis="常识",
    passes=[{"start_date": "2026-06-01", "end_date": "2026-06-01"}],
    fails=[{"start_date": "2026-06-02", "end_date": "2026-06-01"}],
    expected="'不早于 ' || start_date",
)
def ends_after_it_starts() -> Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="end_date", column_B="start_date", or_equal=True)
