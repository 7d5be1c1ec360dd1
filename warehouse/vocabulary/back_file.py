"""Back-files (回补): rows of the months before reporting began, which take their place in the opening balance.

Which months they are is a policy; whose they may be is every dataset's but the one that declares the balance. Who may
send what is `ingest.feed`; what they do to the balance is `dbt_project`. Ends at periods.
"""

from __future__ import annotations

import datetime as dt

from warehouse.vocabulary import period, policy
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.period import Period

TOTALS = "aggregate_summary"
"""Declares the balance; the last month's is owed."""
_ANY_DAY = dt.date(2025, 1, 1)
"""The months never change, so that they are those of any day."""


def months() -> tuple[Period, Period]:
    """The first and the last month, both included."""
    first = period.parse(policy.value("back_file_first_period", _ANY_DAY))
    last = period.parse(policy.value("opening_balance_period", _ANY_DAY))
    if first is None or last is None:
        raise OperatorError("policy.csv gives no months for back-files.")
    return first, last


def title() -> str:
    """In Chinese: 2025年1月至2025年10月."""
    first, last = months()
    return f"{first.title}至{last.title}"


def is_within(column: str) -> str:
    """SQL: whether a date lies in these months."""
    first, last = months()
    return f"({column} between date '{first.start}' and date '{last.end}')"


def is_back_file(dataset: str, wanted: Period) -> bool:
    """Is what a dataset reports for this period a back-file? One that ends later is owed, as a year that is running."""
    first, last = months()
    return dataset != TOTALS and first.start <= wanted.start and wanted.end <= last.end
