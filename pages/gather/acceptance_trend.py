"""A department's acceptance by month beside the median department. Where it is drawn is for `render`."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from pages.gather.share import Share
from warehouse.vocabulary.period import Period, parse

MONTHLY = "select period, department_code, represents_key, accepted_rows, held_rows from submission"
"""What is asked of the register for it."""
MonthlyAcceptance: TypeAlias = Mapping[Period, Mapping[str, Share]]
"""Month → department → rows accepted, of rows that stand (accepted or held)."""


@dataclass(frozen=True)
class MonthRate:
    """One month; `department` is null where nothing of the department's stands, `median` in percent."""

    month: Period
    department: Share | None
    median: Decimal


@dataclass(frozen=True)
class AcceptanceTrend:
    """`latest` is the last month with something of the department's, `earlier` its share over all months before."""

    months: tuple[MonthRate, ...]
    latest: MonthRate | None
    earlier: Share


def monthly_acceptance(submissions: Iterable[Mapping[str, Any]]) -> MonthlyAcceptance:
    """From rows of `MONTHLY`: what stands of monthly periods or was returned last."""
    by_month: dict[Period, dict[str, Share]] = {}
    for row in submissions:
        month = parse(row["period"])
        if row["represents_key"] and month is not None and month.months == 1:
            departments = by_month.setdefault(month, {})
            accepted, standing = departments.get(row["department_code"], Share(0, 0))
            departments[row["department_code"]] = Share(
                accepted + row["accepted_rows"], standing + row["accepted_rows"] + row["held_rows"]
            )
    return by_month


def acceptance_trend(department: str, by_month: MonthlyAcceptance) -> AcceptanceTrend:
    """The median is over the departments with rows in the month; a month without any is left out."""
    months = [
        _month_rate(department, month, departments)
        for month, departments in sorted(by_month.items(), key=lambda entry: entry[0])
        if _has_rows(departments)
    ]
    reached = [month for month in months if month.department is not None]
    before = [month.department for month in reached[:-1] if month.department is not None]
    return AcceptanceTrend(
        months=tuple(months),
        latest=reached[-1] if reached else None,
        earlier=Share(sum(share.part for share in before), sum(share.whole for share in before)),
    )


def _has_rows(departments: Mapping[str, Share]) -> bool:
    return any(share.whole for share in departments.values())


def _month_rate(department: str, month: Period, departments: Mapping[str, Share]) -> MonthRate:
    standing = {code: share for code, share in departments.items() if share.whole}
    return MonthRate(month, standing.get(department), statistics.median(share.percent for share in standing.values()))
