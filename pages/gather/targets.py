"""How far each target of the plan is: the period shown first, and what its figure is made of.

Reads rows of `rpt_target_progress` and `rpt_target_breakdown`; how figures and periods are said is for `render`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pages import words
from pages.target_words import PERCENT, Row
from warehouse.vocabulary import reference

_NOT_REPORTED = ("not_due", "not_selected")
"""What is said of a period that runs while nobody has to report on it."""


@dataclass(frozen=True)
class TargetFacts:
    """One target in the period that runs on the as-of day or, while that has no figure, in the last that has one.

    `plan`: its line of `reference/targets.csv`; `others`: its other periods and readings, main reading first; `later`:
    the period that runs and of which nothing is due yet; `pieces`: the breakdown of what is shown, parts in the order
    of their codes, then departments by size.
    """

    plan: Mapping[str, str]
    shown: Row
    others: tuple[Row, ...]
    later: Row | None
    pieces: tuple[Row, ...]


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
    begun = [row for row in rows if row["reading"] == main["reading"] and has_begun(row, as_of)]
    later = [row for row in begun if row is not main and row["status"] in _NOT_REPORTED]
    return TargetFacts(
        plan=plan,
        shown=main,
        others=tuple(row for row in ordered if row is not main),
        later=later[0] if later else None,
        pieces=_pieces(pieces, main),
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


def is_missed(row: Row) -> bool:
    """Whether the plan was not kept and time is over, or more was awarded than a quota allows."""
    if row["status"] in ("not_done", "exceeded"):
        return True
    is_over = row["cut_off_date"] is not None and row["cut_off_date"] == row["period_end_date"]
    return is_over and row["status"] in ("announced", "not_selected") and not row["is_met"]


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
