"""Working days of the deadlines that policy sets."""

from __future__ import annotations

import datetime as dt

import pytest

from warehouse.vocabulary import deadline


@pytest.mark.parametrize(
    ("name", "day", "until"),
    [
        ("correction_workdays", "2026-11-10", "2026-11-17"),
        ("correction_workdays", "2026-11-14", "2026-11-20"),  # a Saturday: Monday is the first working day
        ("correction_workdays", "2026-02-12", "2026-02-26"),  # the Spring Festival between, with 14 February worked
        ("correction_workdays", "2026-09-28", "2026-10-10"),  # the National Day, and a Saturday that is worked
        ("confirmation_reminder_workdays", "2026-11-13", "2026-11-18"),
        ("confirmation_lapse_workdays", "2026-11-13", "2026-11-27"),
        ("exception_answer_workdays", "2026-11-13", "2026-11-18"),
        ("held_back_answer_workdays", "2026-11-13", "2026-11-17"),
    ],
)
def test_a_deadline_counts_working_days_after_its_day(name: str, day: str, until: str) -> None:
    assert deadline.after(dt.date.fromisoformat(day), name) == dt.date.fromisoformat(until)


def test_how_many_there_are_is_policy() -> None:
    day = dt.date(2026, 11, 13)
    named = ("correction_workdays", "confirmation_reminder_workdays", "confirmation_lapse_workdays")
    assert [deadline.workdays(name, day) for name in named] == [5, 3, 10]
    assert [deadline.workdays(f"{name}_answer_workdays", day) for name in ("exception", "held_back")] == [3, 2]
