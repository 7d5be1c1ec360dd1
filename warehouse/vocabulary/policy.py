"""What the plan, the law or the bureau decided and several rooms read: `reference/policy.csv`, by name and day.

A name with one row at a time is a value, one with several is a list of codes. What rows are judged by on their own
dates, and what the rules' catalogue shows, stands in `thresholds.csv` instead (`expectations.threshold`). dbt reads
the same file by the macros of `dbt_project/macros/policy.sql`. Ends at values and SQL text.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from warehouse.vocabulary import reference
from warehouse.vocabulary.errors import OperatorError


def rows(name: str) -> list[dict[str, str]]:
    """All rows of a name, in the file's order. `OperatorError` for an unknown one."""
    named = [row for row in reference.table("policy") if row["name"] == name]
    if not named:
        raise OperatorError(f"policy.csv has no {name}.")
    return named


def codes(name: str, day: dt.date) -> tuple[str, ...]:
    """The values that hold on a day (both ends included; none written is without end)."""
    holds_on = day.isoformat()
    return tuple(
        row["value"]
        for row in rows(name)
        if (row["since"] or holds_on) <= holds_on and (row["until"] or holds_on) >= holds_on
    )


def always(name: str) -> frozenset[str]:
    """The values that hold on every day."""
    return frozenset(row["value"] for row in rows(name) if not row["since"] and not row["until"])


def value(name: str, day: dt.date) -> str:
    """The one value that holds on a day; `OperatorError` where there is none or more than one."""
    values = codes(name, day)
    if len(values) != 1:
        raise OperatorError(f"policy.csv gives {len(values)} values of {name} for {day}, not one.")
    return values[0]


def number(name: str, day: dt.date) -> Decimal:
    """`value` as a number."""
    return Decimal(value(name, day))


def is_code(name: str, column: str, date_column: str) -> str:
    """SQL: whether a row's code is one that the name lists on the row's date; null where the code is null."""
    return f"({' or '.join(column + ' = ' + _bounded(row, '', date_column) for row in rows(name))})"


def lists_code(name: str, column: str, date_column: str) -> str:
    """SQL: whether a row's list of codes (`01;07`) has one that the name lists on the row's date; null where there is
    no list."""
    listed = f"string_split({column}, ';')"
    return f"({' or '.join(f'list_contains({listed}, ' + _bounded(row, ')', date_column) for row in rows(name))})"


def _bounded(row: dict[str, str], closing: str, date_column: str) -> str:
    bounds = [
        f" and {date_column} {sign} date '{row[end]}'" for end, sign in (("since", ">="), ("until", "<=")) if row[end]
    ]
    return f"'{row['value']}'{closing}{''.join(bounds)}"
