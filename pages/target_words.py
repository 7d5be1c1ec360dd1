"""How a target's row is said on pages and on the dashboard: its period, its status, which row is shown first.

Ends at single words and rows; cards are drawn in `render`, the dashboard's tables gathered in `gather`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pages import words
from warehouse.vocabulary import target_rule

Row = Mapping[str, Any]
"""A row of `rpt_target_progress` or of `rpt_target_breakdown`."""
POINT = "point"
"""The period of a figure that holds on the day."""


def has_begun(row: Row, as_of: dt.date) -> bool:
    return row["period_start_date"] is None or row["period_start_date"] <= as_of


def is_due(row: Row) -> bool:
    """Whether any report on the period was due by now; lists of a whole year are due after it."""
    until = row["reported_until_date"]
    return until is not None and (row["period_start_date"] is None or until >= row["period_start_date"])


def status(row: Row, as_of: dt.date) -> str:
    """The mart's status; where it has none, why: not begun, reported later, no figure or not a whole one."""
    if not has_begun(row, as_of):
        return "not_begun"
    if words.absent(row["actual"]):
        return "no_data" if is_due(row) else "reported_later"
    return str(row["status"] or "incomplete")


def demand(row: Row) -> str:
    """What the plan says of the threshold, where reaching it is not enough."""
    return "恰好 " if target_rule.is_exact(row["target_id"]) else "超过 " if row["comparator"] == ">" else ""


def running(rows: list[Row], as_of: dt.date) -> Row:
    """The last row that began and has a figure, else the last that began, else the first."""
    ordered = sorted(rows, key=lambda row: row["period_start_date"] or dt.date.min)
    begun = [row for row in ordered if has_begun(row, as_of)]
    return next(iter([row for row in reversed(begun) if not words.absent(row["actual"])] or begun[-1:] or ordered))


def period_title(text: str) -> str:
    """2025—2027年, 2026年度, or 当前 for a figure that holds at a point in time."""
    first, _, last = text.partition("-")
    if len(first) == 4 and len(last) == 4:
        return f"{first}—{last}年"
    return "当前" if text == POINT else words.period_title(text)
