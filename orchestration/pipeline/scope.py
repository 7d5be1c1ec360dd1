"""The words by which people choose what a run takes up again: periods, departments, datasets, a day.

One check for the command line and for Dagster's launchpad, whose lists to choose from are these too. Ends at the words
as the steps take them.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable

from ingest import feed as feeds
from warehouse.vocabulary import back_file, contract, period, reference
from warehouse.vocabulary.errors import OperatorError


def periods(texts: Iterable[str]) -> tuple[str, ...]:
    """Periods in their one spelling."""
    return tuple(map(_period, texts))


def departments(codes: Iterable[str]) -> tuple[str, ...]:
    checked = tuple(codes)
    for code in checked:
        reference.check_department(code)
    return checked


def datasets(names: Iterable[str]) -> tuple[str, ...]:
    """OperatorError for one that there is no contract of."""
    return tuple(contract.dataset(name).name for name in names)


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise OperatorError(f"{text} is not a date like 2026-11-20.") from None


@functools.cache
def known_periods() -> tuple[str, ...]:
    """Every period that some feed reports, or that may be filled back, by its end, shorter ones first."""
    taken = {owed for feed in feeds.feeds() for owed in period.between(feed.first, feed.last)}
    taken.update(period.between(*back_file.months()))
    for feed in feeds.feeds():
        before = feed.first.preceding
        while feed.takes(before):
            taken.add(before)
            before = before.preceding
    return tuple(map(str, sorted(taken, key=lambda wanted: (wanted.end, wanted.months))))


def _period(text: str) -> str:
    parsed = period.parse(text)
    if parsed is None:
        raise OperatorError(f"{text} is not a period: write it like 2026-01, 2026-Q2, 2026-H1 or 2026.")
    if str(parsed) not in known_periods():
        raise OperatorError(f"No feed reports for {parsed}: feeds say from which period on, and until which.")
    return str(parsed)
