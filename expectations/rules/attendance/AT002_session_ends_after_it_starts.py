"""AT002: A session ends after it starts."""

from __future__ import annotations

from great_expectations.expectations.expectation import Expectation

from expectations.gx_duckdb import rows_where
from expectations.rule import rule


@rule(
    code="AT002",
    dataset="attendance",
    severity="warning",
    fields=("session_end", "session_start"),
    message="下课时间不晚于上课时间。",
    fix="请核对签到和签退时间，按24小时制填写。",
    basis="常识",
    passes=[{"session_start": "09:00:00", "session_end": "11:30:00"}],
    fails=[{"session_start": "09:00:00", "session_end": "09:00:00"}],
)
def session_ends_after_it_starts() -> Expectation:
    return rows_where("session_end <= session_start")
