"""Every day publishes: whatever the seed and the as-of day, no sender's data stops the city."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.e2e import days
from warehouse.store.data_root import Root

FIRST, LAST = "2025-11", "2026-10"
SEEDS = (1, 7, 11, 23)
TURNING = days.turning_days(days.month(FIRST), days.month(LAST))


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """Three months, in the last of which removals of institutions are told, before and after their day."""
    return days.decided_demo(tmp_path_factory.mktemp("spring"), "2026-02", "2026-04", 0.02, 11)


@pytest.mark.parametrize("day", ["2026-03-11", pytest.param("2027-01-01", marks=pytest.mark.soak)])
def test_a_day_publishes(spring: Root, day: str) -> None:
    published, stopped = days.publish(spring, dt.date.fromisoformat(day))
    assert stopped is None
    assert published is not None
    assert published.manifest["as_of_date"] == day
    assert published.manifest["held_back"]["failures"] == []


def test_the_days_are_those_on_which_something_turns() -> None:
    assert len(TURNING) > 50
    assert {dt.date(2025, 10, 31), dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 2, 10)} <= set(TURNING)


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_every_turning_day_publishes(seed: int, tmp_path: Path) -> None:
    root = days.decided_demo(tmp_path, FIRST, LAST, 0.02, seed)
    turn = SEEDS.index(seed)
    stopped = {str(day): days.publish(root, day)[1] for day in TURNING[turn :: len(SEEDS)]}
    assert len(stopped) >= 12
    assert {day: why for day, why in stopped.items() if why} == {}
