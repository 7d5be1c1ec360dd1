"""On which days what feeds sent is collected by the calendar: the day after each nominal due day.

A due day that falls on a holiday moves to the next workday; these days do not, for a schedule knows no holidays. What
arrives in between is seen by the sensor. Ends at days: at which hour, and what then runs, is `orchestration.defs`.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.feed import Feed
from warehouse.vocabulary.period import MONTHS

_YEARS_AHEAD = 9
"""29 February comes back after eight years at the latest."""


@dataclass(frozen=True)
class CollectionDays:
    """A day of the month in some months of every year, where the month has it."""

    months: tuple[int, ...]
    day: int

    def after(self, day: dt.date) -> dt.date:
        """The first of them after a day."""
        years = range(day.year, day.year + _YEARS_AHEAD)
        months = [(year, month) for year in years for month in self.months]
        days = (
            dt.date(year, month, self.day) for year, month in months if self.day <= calendar.monthrange(year, month)[1]
        )
        return next(collected for collected in days if collected > day)


def collection_days(feed: Feed) -> CollectionDays:
    """A due day of 31 or 30 is a month's last, so that the day after is the first of the next month."""
    ends_month = feed.day >= 30
    step = MONTHS[feed.cadence]
    shift = feed.months_after + ends_month
    months = sorted({(last + shift - 1) % 12 + 1 for last in range(step, 13, step)})
    return CollectionDays(tuple(months), 1 if ends_month else feed.day + 1)


def next_collection(feeds: Iterable[Feed], day: dt.date, dataset: str | None = None) -> dt.date:
    """The first day after a day on which a dataset is collected, or all of them where none is named: what is monthly is
    collected with all else."""
    # Of each once: 157 feeds are collected on a dozen different days.
    taken = {collection_days(feed) for feed in feeds if feed.cadence == "monthly" or feed.dataset == dataset}
    return min(days.after(day) for days in taken)
