"""Until when a unit answers or corrects, of a row of the grid; how many working days it has is policy.

Ends at days; who is called and what is said is for `call_list` and `tasks`.
"""

from __future__ import annotations

import datetime as dt

from pages.gather.grid import Row
from warehouse.vocabulary import clock, period, policy


def is_reminder_due(row: Row) -> bool:
    """Has the unit been asked for so long whether its submission replaces what stands that it is reminded?"""
    asked: dt.date | None = row["latest_asked_date"]
    return asked is not None and _after(asked, "confirmation_reminder_workdays") <= row["as_of_date"]


def correct_by(row: Row) -> dt.date:
    """The last day for correcting what stands: counted from the day it came, on which it is reported."""
    came = clock.day_of(row["received_at"].replace(tzinfo=dt.UTC))
    return _after(came, "correction_workdays")


def is_correction_overdue(row: Row) -> bool:
    return row["standing"] == "standing" and bool(row["held_rows"]) and correct_by(row) < row["as_of_date"]


def _after(day: dt.date, name: str) -> dt.date:
    return period.workdays_after(day, int(policy.value(name, day)))
