"""Reporting periods (2026-01, 2026-Q2, 2026-H1, 2026), how people write them, and when they are due.

Which periods a feed owes is `ingest.feed`. Ends at dates.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from warehouse.vocabulary import reference

Cadence = Literal["monthly", "quarterly", "half-yearly", "yearly"]
MONTHS: dict[Cadence, int] = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}

_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_PATTERNS: tuple[tuple[Cadence, re.Pattern[str]], ...] = (
    ("quarterly", re.compile(r"(20\d\d)\s*年?[-_.]?\s*(?:第?\s*([一二三四1-4])\s*季度?|Q([1-4]))", re.I)),
    ("half-yearly", re.compile(r"(20\d\d)\s*年?[-_.]?\s*(?:(上|下)半年|H([12]))", re.I)),
    ("monthly", re.compile(r"(20\d\d)\s*(?:年\s*|[-_./]\s*)(0?[1-9]|1[0-2])(?!\d)\s*月?")),
    ("monthly", re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)")),
    ("yearly", re.compile(r"(?<!\d)(20\d\d)(?!\d)\s*(?:年度?)?")),
)


@dataclass(frozen=True, order=True)
class Period:
    """A reporting period; ordered by start, then by length."""

    start: dt.date
    months: int

    @property
    def cadence(self) -> Cadence:
        return next(cadence for cadence, months in MONTHS.items() if months == self.months)

    @property
    def end(self) -> dt.date:
        """The last day."""
        return _add_months(self.start, self.months) - dt.timedelta(days=1)

    @property
    def following(self) -> Period:
        return Period(_add_months(self.start, self.months), self.months)

    @property
    def preceding(self) -> Period:
        return Period(_add_months(self.start, -self.months), self.months)

    def __str__(self) -> str:
        year, month = self.start.year, self.start.month
        return {
            1: f"{year}-{month:02d}",
            3: f"{year}-Q{(month + 2) // 3}",
            6: f"{year}-H{(month + 5) // 6}",
            12: f"{year}",
        }[self.months]

    @property
    def title(self) -> str:
        """In Chinese: 2026年1月, 2026年第2季度, 2026年上半年, 2026年度."""
        year, month = self.start.year, self.start.month
        return {
            1: f"{year}年{month}月",
            3: f"{year}年第{(month + 2) // 3}季度",
            6: f"{year}年{'上' if month == 1 else '下'}半年",
            12: f"{year}年度",
        }[self.months]


def _add_months(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def _build(cadence: Cadence, match: re.Match[str]) -> Period:
    year = int(match[1])
    if cadence == "monthly":
        return Period(dt.date(year, int(match[2]), 1), 1)
    if cadence == "quarterly":
        return Period(dt.date(year, _DIGITS[match[2] or match[3]] * 3 - 2, 1), 3)
    if cadence == "half-yearly":
        half = 1 if match[2] == "上" or match[3] == "1" else 2
        return Period(dt.date(year, half * 6 - 5, 1), 6)
    return Period(dt.date(year, 1, 1), 12)


def find(text: str) -> Period | None:
    """The period named anywhere in a file name or title, in any usual spelling."""
    text = unicodedata.normalize("NFKC", text)
    for cadence, pattern in _PATTERNS:
        match = pattern.search(text)
        if match:
            return _build(cadence, match)
    return None


@functools.lru_cache(maxsize=10_000)
def parse(text: str) -> Period | None:
    """The period that the whole text names, else None. A run asks 30,000 times for a few hundred."""
    text = unicodedata.normalize("NFKC", text).strip()
    for cadence, pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            return _build(cadence, match)
    return None


def between(first: Period, last: Period) -> Iterator[Period]:
    """Every period of the same length from first to last, both included."""
    while first <= last:
        yield first
        first = first.following


@functools.cache
def _exceptions() -> dict[dt.date, bool]:
    """Day → is it a working day, where the State Council's notice says other than the weekday."""
    rows = reference.table("cn_holidays_2023_2026")
    return {dt.date.fromisoformat(row["date"]): row["kind"] != "off" for row in rows}


def is_workday(day: dt.date) -> bool:
    return _exceptions().get(day, day.weekday() < 5)


def workdays_after(day: dt.date, count: int) -> dt.date:
    """The working day that is `count` working days after a day."""
    while count:
        day += dt.timedelta(days=1)
        count -= is_workday(day)
    return day


def due_date(period: Period, months_after: int, day: int) -> dt.date:
    """Day `day` of the month `months_after` months after the period's last, moved to the next working day."""
    month = _add_months(period.end.replace(day=1), months_after)
    due = month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))
    while not is_workday(due):
        due += dt.timedelta(days=1)
    return due
