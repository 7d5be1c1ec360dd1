"""A department's acceptance by month beside the median department, as a small line chart. Ends at coordinates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pages import words
from pages.gather.acceptance_trend import AcceptanceTrend, MonthRate
from warehouse.vocabulary.period import Period

WIDTH, HEIGHT = 560, 170
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 26
_LABELS = 12
"""More months than these leave no room for a label under each."""


@dataclass(frozen=True)
class Point:
    """One month; `department` and `department_y` are null where nothing of the department's stands."""

    month: Period
    x: float
    department: str | None
    median: str
    department_y: float | None
    median_y: float
    is_labelled: bool


@dataclass(frozen=True)
class TrendChart:
    """`ticks`: label and height. `latest`: the last month with something of the department's; `earlier`: its share over
    all months before."""

    points: tuple[Point, ...]
    ticks: tuple[tuple[str, float], ...]
    latest: Point | None
    earlier: str

    @property
    def department_line(self) -> str:
        return " ".join(f"{point.x},{point.department_y}" for point in self.points if point.department_y is not None)

    @property
    def median_line(self) -> str:
        return " ".join(f"{point.x},{point.median_y}" for point in self.points)


def trend_chart(trend: AcceptanceTrend) -> TrendChart:
    medians = [month.median for month in trend.months]
    rates = [month.department.percent for month in trend.months if month.department]
    lowest = min([*medians, *rates], default=Decimal(100))
    floor = min(int(lowest // 10 * 10), 90)
    slot = (WIDTH - LEFT - RIGHT) / max(len(trend.months), 1)

    def height(percent: Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * float((100 - percent) / (100 - floor)), 1)

    are_few = len(trend.months) <= _LABELS
    points = {
        month: _point(month, round(LEFT + slot * (place + 0.5), 1), height, are_few)
        for place, month in enumerate(trend.months)
    }
    labels = dict.fromkeys((floor, (floor + 100) // 2, 100))
    return TrendChart(
        points=tuple(points.values()),
        ticks=tuple((f"{percent}%", height(Decimal(percent))) for percent in labels),
        latest=points[trend.latest] if trend.latest else None,
        earlier=words.share(*trend.earlier),
    )


def _point(month: MonthRate, x: float, height: Callable[[Decimal], float], are_few: bool) -> Point:
    rate = month.department.percent if month.department else None
    return Point(
        month=month.month,
        x=x,
        department=None if rate is None else words.percent(rate),
        median=words.percent(month.median),
        department_y=None if rate is None else height(rate),
        median_y=height(month.median),
        is_labelled=are_few or month.month.start.month % 3 == 1,
    )
