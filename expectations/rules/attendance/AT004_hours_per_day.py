"""AT004: Nobody attends more than twelve hours a day."""

from __future__ import annotations

from great_expectations.expectations.expectation import Expectation

from expectations.gx_duckdb import rows_where
from expectations.rule import rule


@rule(
    code="AT004",
    dataset="attendance",
    severity="warning",
    fields=("hours",),
    message="一天的学时超过12。",
    why="一天的学时超出常人所能，审计会据此怀疑考勤不真实。",
    fix="请核对学时。",
    basis="课时不足",
    passes=[{"hours": 8}],
    fails=[{"hours": 13}],
)
def hours_per_day() -> Expectation:
    return rows_where("hours > 12")
