"""A department's acceptance by month beside the median department, as a small line chart. Ends at coordinates."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pages import words
from warehouse.vocabulary.period import Period, parse

WIDTH, HEIGHT = 560, 170
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 26
_LABELS = 12
"""More months than this leave no room for a label under each."""

Shares = Mapping[Period, Mapping[str, tuple[int, int]]]
"""Month → department → rows accepted, rows that stand (accepted or held)."""


@dataclass(frozen=True)
class Point:
    """One month; `own` is null where nothing of the department's stands."""

    month: Period
    x: float
    own: str | None
    median: str
    own_y: float | None
    median_y: float
    is_labelled: bool


@dataclass(frozen=True)
class Trend:
    """`latest` is the last month with something of the department's, `earlier` its share over all months before."""

    points: tuple[Point, ...]
    ticks: tuple[tuple[str, float], ...]
    latest: Point | None
    earlier: str

    @property
    def own_line(self) -> str:
        return " ".join(f"{point.x},{point.own_y}" for point in self.points if point.own_y is not None)

    @property
    def median_line(self) -> str:
        return " ".join(f"{point.x},{point.median_y}" for point in self.points)


def shares(submissions: Iterable[Mapping[str, Any]]) -> Shares:
    """From rows of `register/submission.parquet`: newest ones of monthly periods."""
    found: dict[Period, dict[str, tuple[int, int]]] = {}
    for row in submissions:
        month = parse(row["period"])
        if row["is_newest"] and month is not None and month.months == 1:
            own = found.setdefault(month, {})
            accepted, standing = own.get(row["department_code"], (0, 0))
            own[row["department_code"]] = (
                accepted + row["accepted_rows"],
                standing + row["accepted_rows"] + row["held_rows"],
            )
    return found


def trend(department: str, by_month: Shares) -> Trend:
    """The median is over the departments with rows in the month."""
    months = [month for month in sorted(by_month) if any(standing for _, standing in by_month[month].values())]
    medians = {
        month: statistics.median(_share(pair) for pair in by_month[month].values() if pair[1]) for month in months
    }
    own = {month: by_month[month][department] for month in months if by_month[month].get(department, (0, 0))[1]}
    lowest = min([*medians.values(), *map(_share, own.values())], default=Decimal(100))
    floor = min(int(lowest // 10 * 10), 90)
    slot = (WIDTH - LEFT - RIGHT) / max(len(months), 1)

    def y(share: Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * float((100 - share) / (100 - floor)), 1)

    points = tuple(
        Point(
            month,
            round(LEFT + slot * (place + 0.5), 1),
            words.percent(_share(own[month])) if month in own else None,
            words.percent(medians[month]),
            y(_share(own[month])) if month in own else None,
            y(medians[month]),
            len(months) <= _LABELS or month.start.month % 3 == 1,
        )
        for place, month in enumerate(months)
    )
    reached = [point for point in points if point.own is not None]
    ticks = tuple((f"{share}%", y(Decimal(share))) for share in dict.fromkeys((floor, (floor + 100) // 2, 100)))
    return Trend(points, ticks, reached[-1] if reached else None, _over([own[point.month] for point in reached[:-1]]))


def _share(pair: tuple[int, int]) -> Decimal:
    accepted, standing = pair
    return Decimal(accepted) * 100 / standing


def _over(pairs: Sequence[tuple[int, int]]) -> str:
    return words.share(sum(accepted for accepted, _ in pairs), sum(standing for _, standing in pairs))
