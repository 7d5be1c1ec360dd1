"""Participations by month as the measures of a stacked bar chart. Ends at coordinates; the template draws."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from pages.gather.participation_months import MonthSums, ParticipationMonths

WIDTH, HEIGHT = 760, 300
LEFT, TOP, BOTTOM = 64, 30, 44
PLOT = HEIGHT - TOP - BOTTOM
_STEPS = (1, 2, 5)
_LABELLED = 18  # more bars than these leave no room for a label under each


@dataclass(frozen=True)
class Bar:
    """One month; `segments`: name, top, height."""

    sums: MonthSums
    x: float
    width: float
    segments: tuple[tuple[str, float, float], ...]
    is_labelled: bool


@dataclass(frozen=True)
class MonthChart:
    """`ticks`: participations and height."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, float], ...]


def month_chart(participations: ParticipationMonths) -> MonthChart:
    months = participations.months
    highest = max((month.total for month in months), default=0)
    step = _step(highest)
    top = step * max(-(-highest // step), 1)
    slot = (WIDTH - LEFT) / max(len(months), 1)
    are_few = len(months) <= _LABELLED
    bars = tuple(
        Bar(
            sums=month,
            x=round(LEFT + slot * place + slot * 0.15, 1),
            width=round(slot * 0.7, 1),
            segments=_segments(month, top),
            is_labelled=are_few or month.month.start.month % 3 == 1,
        )
        for place, month in enumerate(months)
    )
    return MonthChart(bars, tuple((value, _y(value, top)) for value in range(0, top + 1, step)))


def _segments(month: MonthSums, top: int) -> tuple[tuple[str, float, float], ...]:
    parts = {"headline": month.headline, "other": month.other, "uncounted": month.uncounted}
    heights = itertools.accumulate(parts.values())
    return tuple(
        (name, _y(below, top), round(PLOT * value / top, 1))
        for (name, value), below in zip(parts.items(), heights, strict=True)
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
