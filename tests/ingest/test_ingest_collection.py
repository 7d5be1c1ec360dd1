"""On which day what feeds sent is collected next."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest import feed as feeds
from ingest.collection import CollectionDays, next_collection


@pytest.mark.parametrize(
    ("day", "dataset", "collected"),
    [
        ("2026-11-20", None, "2026-12-11"),
        ("2026-12-10", None, "2026-12-11"),
        ("2026-12-11", None, "2027-01-11"),
        ("2026-07-11", "enterprise_coverage", "2026-07-16"),
        ("2026-07-16", "enterprise_coverage", "2026-08-11"),
        ("2026-12-20", "demand_forecast", "2027-01-01"),
    ],
)
def test_the_next_day_is_the_first_after_a_due_day(day: str, dataset: str | None, collected: str) -> None:
    after = dt.date.fromisoformat(day)
    assert next_collection(feeds.feeds(), after, dataset) == dt.date.fromisoformat(collected)


def test_a_month_without_the_day_is_passed_over() -> None:
    leap_days = CollectionDays((2,), 29)
    assert leap_days.after(dt.date(2026, 3, 1)) == dt.date(2028, 2, 29)
    assert CollectionDays(tuple(range(1, 13)), 30).after(dt.date(2026, 1, 30)) == dt.date(2026, 3, 30)
