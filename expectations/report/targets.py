"""The plan's twenty targets as cards: which period is shown, how far it is, what it is made of. Ends at cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from expectations.report import words
from warehouse import reference

Row = Mapping[str, Any]
"""A row of `rpt_target_progress` or of `rpt_target_breakdown`."""
POINT = "point"
"""The period of a figure that holds on the day."""


@dataclass(frozen=True)
class Part:
    """A component of the actual figure; `width` in percent of the bar."""

    name: str
    title: str
    value: str
    width: str


@dataclass(frozen=True)
class Card:
    """One target in the period that runs on the as-of day, and its other periods and readings."""

    target_id: str
    title: str
    quote: str
    status: str
    period: str
    actual: str
    threshold: str
    unit: str
    share: str
    parts: tuple[Part, ...]
    goal: str
    demand: str
    elapsed: str | None
    shares: tuple[tuple[str, str], ...]  # department or part, actual; of the rows alone
    others: tuple[tuple[str, str, str, str], ...]  # period, reading, actual, status


def cards(rows: Iterable[Row], as_of: dt.date, breakdown: Iterable[Row] = ()) -> list[Card]:
    """One card per target in the plan's order; a target without rows is left out."""
    gathered, pieces = _by_target(rows), _by_target(breakdown)
    plan = reference.table("targets")
    return [_card(target, gathered[target["id"]], pieces.get(target["id"], []), as_of)
            for target in plan if target["id"] in gathered]


def _by_target(rows: Iterable[Row]) -> dict[str, list[Row]]:
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row["target_id"], []).append(row)
    return gathered


def _card(target: Mapping[str, str], rows: list[Row], pieces: list[Row], as_of: dt.date) -> Card:
    main = _running([row for row in rows if row["reading"] == "main"] or rows, as_of)
    actual, threshold = _decimal(main["actual"]), _decimal(main["threshold"])
    full = max(actual, threshold) or Decimal(1)
    return Card(
        target_id=target["id"], title=target["title"], quote=target["quote"], status=_status(main, as_of),
        period=_period(main["period"]), actual=_value(main, "actual"), threshold=_value(main, "threshold"),
        unit="" if _is_percent(main) else main["unit"], share=_share(main, threshold),
        parts=_parts(main, full), goal=_width(threshold, full), demand=_demand(main),
        elapsed=None if _is_percent(main) or main["period"] == POINT else _elapsed(main, as_of),
        shares=_shares(pieces, main),
        others=tuple(
            (_period(row["period"]), words.READINGS.get(row["reading"]) or str(row["reading"]),
             _value(row, "actual") if _has_begun(row, as_of) else words.ABSENT, _status(row, as_of))
            for row in sorted(rows, key=lambda row: (row["reading"] != "main", row["reading"], row["period"]))
            if row is not main
        ),
    )


def _is_percent(row: Row) -> bool:
    return bool(row["unit"] == "%")


def _has_begun(row: Row, as_of: dt.date) -> bool:
    return row["period_start_date"] is None or row["period_start_date"] <= as_of


def _status(row: Row, as_of: dt.date) -> str:
    """The mart's status, but what has not begun or has no figure is neither ahead nor behind."""
    if not _has_begun(row, as_of):
        return "not_begun"
    return "no_data" if words.absent(row["actual"]) else str(row["status"])


def _share(row: Row, threshold: Decimal) -> str:
    return words.ABSENT if words.absent(row["actual"]) else words.share(row["actual"], threshold)


def _demand(row: Row) -> str:
    """What the plan says of the threshold, where reaching it is not enough."""
    exact = any(line["target_id"] == row["target_id"] and line["note"] == "exact quota"
                for line in reference.table("target_definitions"))
    return "恰好 " if exact else "超过 " if row["comparator"] == ">" else ""


def _shares(pieces: list[Row], main: Row) -> tuple[tuple[str, str], ...]:
    """Parts first, then departments, each by size; what is too small to be published has no figure."""
    programs = reference.codes("program")
    own = [row for row in pieces if (row["reading"], row["period"]) == (main["reading"], main["period"])
           and row["breakdown"] in ("part", "department")]
    ordered = sorted(own, key=lambda row: (row["breakdown"] != "part", -_decimal(row["actual"]), row["code"]))
    return tuple(
        (str(programs.get(row["code"], row["code"])) if row["breakdown"] == "part" else words.department(row["code"]),
         "不足 5" if words.absent(row["actual"]) else words.number(row["actual"]))
        for row in ordered
    )


def _running(rows: list[Row], as_of: dt.date) -> Row:
    """The row whose period runs on the day, else the last that began before it, else the first."""
    ordered = sorted(rows, key=lambda row: row["period_start_date"] or dt.date.min)
    begun = [row for row in ordered if (row["period_start_date"] or dt.date.min) <= as_of]
    return begun[-1] if begun else ordered[0]


def _parts(row: Row, full: Decimal) -> tuple[Part, ...]:
    opening, totals = _decimal(row["opening_balance"]), _decimal(row["totals_only"])
    detailed = max(_decimal(row["actual"]) - opening - totals, Decimal(0))
    parts = (("rows", "逐条明细", detailed), ("totals", "只报总数", totals), ("opening", "期初数", opening))
    return tuple(
        Part(name, title, words.percent(value) if _is_percent(row) else words.number(value), _width(value, full))
        for name, title, value in parts if value or name == "rows"
    )


def _elapsed(row: Row, as_of: dt.date) -> str | None:
    start, end = row["period_start_date"], row["period_end_date"]
    if start is None or end is None or end <= start or as_of < start:
        return None
    return words.share(min((as_of - start).days + 1, (end - start).days + 1), (end - start).days + 1)


def _value(row: Row, column: str) -> str:
    return words.percent(row[column]) if _is_percent(row) else words.number(row[column])


def _period(text: str) -> str:
    """2025—2027年, 2026年度, or 当前 for a figure that holds at a point in time."""
    first, _, last = text.partition("-")
    if len(first) == 4 and len(last) == 4:
        return f"{first}—{last}年"
    return "当前" if text == POINT else words.period_title(text)


def _decimal(value: Any) -> Decimal:
    return Decimal(0) if words.absent(value) else Decimal(str(value))


def _width(value: Decimal, full: Decimal) -> str:
    return f"{value * 100 / full:.2f}%"
