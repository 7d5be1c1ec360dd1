"""How far each target of the plan is: the period shown first, what its figure is made of, how much time is gone.

Reads rows of `rpt_target_progress` and `rpt_target_breakdown`; how figures and periods are said is for `render`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pages import words
from pages.gather.share import Share
from pages.target_words import PERCENT, POINT, Row
from warehouse.vocabulary import reference


@dataclass(frozen=True)
class Elapsed:
    """Days of a period gone by `until`, the day until which reports are due, of all its days."""

    until: dt.date
    days: Share

    @property
    def is_over(self) -> bool:
        return self.days.part >= self.days.whole


@dataclass(frozen=True)
class TargetFacts:
    """One target in the period that runs on the as-of day or, while that has no figure, in the last that has one.

    `plan`: its line of `reference/targets.csv`; `others`: its other periods and readings, main reading first;
    `later`: the period that runs and is reported after its end; `pieces`: the breakdown of what is shown, parts in the
    order of their codes, then departments by size.
    """

    plan: Mapping[str, str]
    shown: Row
    others: tuple[Row, ...]
    later: Row | None
    pieces: tuple[Row, ...]
    elapsed: Elapsed | None


def targets(rows: Iterable[Row], as_of: dt.date, breakdown: Iterable[Row] = ()) -> list[TargetFacts]:
    """In the plan's order; a target without rows is left out."""
    by_target, pieces = _by_target(rows), _by_target(breakdown)
    return [
        _facts(plan, by_target[plan["id"]], pieces.get(plan["id"], []), as_of)
        for plan in reference.table("targets")
        if plan["id"] in by_target
    ]


def _by_target(rows: Iterable[Row]) -> dict[str, list[Row]]:
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row["target_id"], []).append(row)
    return gathered


def _facts(plan: Mapping[str, str], rows: Sequence[Row], pieces: Sequence[Row], as_of: dt.date) -> TargetFacts:
    main = shown(rows, as_of)
    ordered = sorted(rows, key=lambda row: (row["reading"] != "main", row["reading"], row["period"]))
    later = [row for row in rows if row["reading"] == main["reading"] and status(row, as_of) == "reported_later"]
    return TargetFacts(
        plan=plan,
        shown=main,
        others=tuple(row for row in ordered if row is not main),
        later=later[0] if later else None,
        pieces=_pieces(pieces, main),
        elapsed=_elapsed(main, as_of),
    )


def shown(rows: Sequence[Row], as_of: dt.date) -> Row:
    """The row of a target that is shown first, of its main reading where it has one: the last that began and has a
    figure, else the last that began, else the first."""
    main = [row for row in rows if row["reading"] == "main"] or list(rows)
    ordered = sorted(main, key=lambda row: row["period_start_date"] or dt.date.min)
    begun = [row for row in ordered if has_begun(row, as_of)]
    with_figure = [row for row in begun if not words.absent(row["actual"])]
    return (with_figure[-1:] or begun[-1:] or ordered)[0]


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


def is_percent(row: Row) -> bool:
    return bool(row["unit"] == PERCENT)


def components(row: Row) -> dict[str, Decimal]:
    """rows (reported in detail), totals (reported as totals only), opening (before reporting began): they add up to
    the actual figure."""
    opening, totals = amount(row["opening_balance"]), amount(row["totals_only"])
    return {"rows": max(amount(row["actual"]) - opening - totals, Decimal(0)), "totals": totals, "opening": opening}


def amount(value: Any) -> Decimal:
    """A figure to add and compare; what is absent counts as 0."""
    return Decimal(0) if words.absent(value) else Decimal(str(value))


def _pieces(pieces: Sequence[Row], main: Row) -> tuple[Row, ...]:
    of_shown = [row for row in pieces if (row["reading"], row["period"]) == (main["reading"], main["period"])]
    parts = [row for row in of_shown if row["breakdown"] == "part"]
    departments = [row for row in of_shown if row["breakdown"] == "department"]
    return (
        *sorted(parts, key=lambda row: row["code"]),
        *sorted(departments, key=lambda row: (-amount(row["actual"]), row["code"])),
    )


def _elapsed(row: Row, as_of: dt.date) -> Elapsed | None:
    """None for a ratio, a figure at a point in time, and a period without beginning or end."""
    start, end = row["period_start_date"], row["period_end_date"]
    until = row["reported_until_date"] or as_of
    if is_percent(row) or row["period"] == POINT:
        return None
    if start is None or end is None or end <= start or until < start:
        return None
    return Elapsed(until, Share((until - start).days + 1, (end - start).days + 1))
