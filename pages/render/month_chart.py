"""Participations by month as the measures of a stacked bar chart. Ends at coordinates; the template draws."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.vocabulary.period import Period, between

WIDTH, HEIGHT = 760, 300
LEFT, TOP, BOTTOM = 64, 30, 44
PLOT = HEIGHT - TOP - BOTTOM
_STEPS = (1, 2, 5)
_LABELLED = 18  # more bars than this leave no room for a label under each
PLAN_STARTS = dt.date(2025, 1, 1)


@dataclass(frozen=True)
class Bar:
    """One month; participations that count for the headline, for other targets only, and not at all."""

    month: Period
    headline: int
    other: int
    uncounted: int
    x: float
    width: float
    segments: tuple[tuple[str, float, float], ...]  # name, top, height
    is_labelled: bool

    @property
    def total(self) -> int:
        return self.headline + self.other + self.uncounted


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, float], ...]  # participations, y
    outside: int  # participations dated before the plan or after the as-of day


def chart(rows: Iterable[Mapping[str, Any]], as_of: dt.date) -> Chart:
    """From rows of `rpt_participation_month` (month_date, participations, counted, headline; any number per month)."""
    sums: dict[Period, tuple[int, int, int]] = {}
    outside = 0
    for row in rows:
        if PLAN_STARTS <= row["month_date"] <= as_of:
            month = Period(row["month_date"], 1)
            whole, counted, headline = sums.get(month, (0, 0, 0))
            sums[month] = (whole + row["participations"], counted + row["counted"], headline + row["headline"])
        else:
            outside += row["participations"]
    months = list(between(min(sums), max(sums))) if sums else []
    highest = max((whole for whole, _, _ in sums.values()), default=0)
    step = _step(highest)
    top = step * max(-(-highest // step), 1)
    slot = (WIDTH - LEFT) / max(len(months), 1)
    bars = tuple(
        _bar(month, sums.get(month, (0, 0, 0)), LEFT + slot * place, slot, top, len(months))
        for place, month in enumerate(months)
    )
    return Chart(bars, tuple((value, _y(value, top)) for value in range(0, top + 1, step)), outside)


def _bar(month: Period, sums: tuple[int, int, int], x: float, slot: float, top: int, bars: int) -> Bar:
    whole, counted, headline = sums
    parts = {"headline": headline, "other": counted - headline, "uncounted": whole - counted}
    heights = itertools.accumulate(parts.values())
    return Bar(
        month=month,
        x=round(x + slot * 0.15, 1),
        width=round(slot * 0.7, 1),
        segments=tuple(
            (name, _y(below, top), round(PLOT * value / top, 1))
            for (name, value), below in zip(parts.items(), heights, strict=True)
        ),
        is_labelled=bars <= _LABELLED or month.start.month % 3 == 1,
        **parts,
    )


def _step(highest: int) -> int:
    """A round step that gives at most six lines."""
    power = 1
    while True:
        for lead in _STEPS:
            if lead * power * 5 >= highest:
                return lead * power
        power *= 10


def _y(value: int, top: int) -> float:
    return round(TOP + PLOT * (1 - value / top), 1)
