"""What law or policy may change: `reference/thresholds.csv`, looked up by a row's own date. Ends at SQL text, so that
the compiled checks, and with them the rules' version, change with the table. Imports no Great Expectations."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from warehouse.vocabulary import reference
from warehouse.vocabulary.errors import OperatorError

_COLUMNS = ("name", "since", "until", "value", "unit", "what_zh", "basis")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """One row of the table: a value and the days, both included, on which it holds; null is without end."""

    since: dt.date | None
    until: dt.date | None
    value: Decimal


def threshold(name: str, date_column: str) -> str:
    """SQL for the value that holds on the row's date; null without a date and on days for which none is given.

    Args:
        date_column: a column of type date, or an expression of one.
    """
    try:
        spans = _spans()[name]
    except KeyError:
        raise OperatorError(f"thresholds.csv has no {name}; known are {', '.join(_spans())}.") from None
    return f"(case {' '.join(f'when {_holds(span, date_column)} then {span.value}' for span in spans)} end)"


def _holds(span: Span, date_column: str) -> str:
    bounds = [f"{date_column} {sign} date '{day}'" for sign, day in ((">=", span.since), ("<=", span.until)) if day]
    return " and ".join(bounds) or f"{date_column} is not null"


@functools.cache
def _spans() -> dict[str, list[Span]]:
    """Name → spans by date, one after the other without gap or overlap."""
    spans_by_name: dict[str, list[Span]] = {}
    for place, row in _rows():
        spans = spans_by_name.setdefault(row["name"], [])
        span = Span(_day(place, row, "since"), _day(place, row, "until"), _value(place, row))
        if span.since and span.until and span.until < span.since:
            raise OperatorError(f"{place}: it ends before it begins.")
        if spans:
            _follows(place, spans[-1], span)
        spans.append(span)
    return spans_by_name


def _rows() -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with the words for where it stands."""
    for number, row in enumerate(reference.table("thresholds"), 2):
        place = f"thresholds.csv, row {number} ({row.get('name')})"
        if tuple(row) != _COLUMNS or None in row.values():
            raise OperatorError(f"{place}: the columns are {', '.join(_COLUMNS)}.")
        empty = [name for name in ("name", "value", "unit", "what_zh", "basis") if not row[name]]
        if empty:
            raise OperatorError(f"{place}: {empty[0]} is empty.")
        yield place, row


def _day(place: str, row: dict[str, str], column: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(row[column]) if row[column] else None
    except ValueError:
        raise OperatorError(f"{place}: {column} is no date: {row[column]}.") from None


def _value(place: str, row: dict[str, str]) -> Decimal:
    try:
        value = Decimal(row["value"])
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise OperatorError(f"{place}: value is no number: {row['value']}.")
    return value


def _follows(place: str, before: Span, span: Span) -> None:
    if not before.until or not span.since or span.since <= before.until:
        raise OperatorError(f"{place}: it overlaps the row before of this name; rows of a name stand by date.")
    if span.since != before.until + _DAY:
        raise OperatorError(f"{place}: no value is given from {before.until + _DAY} to {span.since - _DAY}.")
