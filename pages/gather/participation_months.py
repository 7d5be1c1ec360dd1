"""Participations by month: what counts to the headline, to other targets only, and not at all. Ends at sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.vocabulary.period import Period, between

PLAN_STARTS = dt.date(2025, 1, 1)


@dataclass(frozen=True)
class MonthSums:
    """One month's participations; the three add up to all of them."""

    month: Period
    headline: int
    other: int
    uncounted: int

    @property
    def total(self) -> int:
        return self.headline + self.other + self.uncounted


@dataclass(frozen=True)
class ParticipationMonths:
    """Every month from the first to the last with participations; `outside`: those dated before the plan or after the
    as-of day."""

    months: tuple[MonthSums, ...]
    outside: int


def participation_months(rows: Iterable[Mapping[str, Any]], as_of: dt.date) -> ParticipationMonths:
    """From rows of `rpt_participation_month` (month_date, participations, counted, headline; any number per month)."""
    sums: dict[Period, tuple[int, int, int]] = {}
    outside = 0
    for row in rows:
        if PLAN_STARTS <= row["month_date"] <= as_of:
            month = Period(row["month_date"], 1)
            total, counted, headline = sums.get(month, (0, 0, 0))
            sums[month] = (total + row["participations"], counted + row["counted"], headline + row["headline"])
        else:
            outside += row["participations"]
    months = between(min(sums), max(sums)) if sums else ()
    return ParticipationMonths(tuple(_sums(month, *sums.get(month, (0, 0, 0))) for month in months), outside)


def _sums(month: Period, total: int, counted: int, headline: int) -> MonthSums:
    return MonthSums(month, headline, counted - headline, total - counted)
