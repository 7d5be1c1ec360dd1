"""Until which day somebody corrects, confirms or answers: so many working days after a day, as `policy.csv` says on it.

The one place that counts them, for standing, register and pages alike. From which day a deadline runs is for its
caller; when a period is due is `period`. Ends at days.
"""

from __future__ import annotations

import datetime as dt

from warehouse.vocabulary import period, policy


def workdays(name: str, day: dt.date) -> int:
    """The number of working days that a row of `policy.csv` gives on a day."""
    return int(policy.value(name, day))


def after(day: dt.date, name: str) -> dt.date:
    """The last day of a deadline of `policy.csv` that begins with a day, which does not count itself."""
    return period.workdays_after(day, workdays(name, day))
