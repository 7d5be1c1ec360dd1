"""The expected grid, who owes what for which period: the state of each of its rows, and sums over them.

How states are named, marked and drawn is for `render`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pages.gather.share import Share
from warehouse.vocabulary.period import Period, parse

State = Literal["returned", "missing", "late", "nothing", "on_time", "not_due"]
STATES: tuple[State, ...] = ("returned", "missing", "late", "nothing", "on_time", "not_due")
"""Worst first."""
Row: TypeAlias = Mapping[str, Any]
"""A row of `rpt_submission_grid`."""


@dataclass(frozen=True)
class Totals:
    """Rows over the current submissions."""

    received: int
    accepted: int
    held: int

    @property
    def acceptance(self) -> Share:
        """Of the rows that stand: what its sender withdrew is neither accepted nor waited for."""
        return Share(self.accepted, self.accepted + self.held)


def state_of(row: Row) -> State:
    """The state that a row shows: what came but could not be taken is returned, however punctual it was; that there is
    nothing to report, said in time, is a state of its own."""
    if row["outcome"] in ("rejected", "unreadable"):
        return "returned"
    state: State = row["state"]
    return "nothing" if state == "on_time" and row["is_nothing_to_report"] else state


def period_of(row: Row) -> Period:
    """The row's period; `ValueError` where the grid names none."""
    period = parse(row["period"])
    if period is None:
        raise ValueError(f"{row['period']} in the submission grid is no period")
    return period


def counts(rows: Iterable[Row]) -> dict[State, int]:
    """State → rows, worst first, absent states as 0."""
    counted = Counter(state_of(row) for row in rows)
    return {state: counted[state] for state in STATES}


def by_department(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Department → its rows, in the order in which they first come."""
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row["department_code"], []).append(row)
    return gathered


def totals(rows: Sequence[Row]) -> Totals:
    """Sums over rows of the grid or of `register/submission.parquet`; where nothing came the counts may be null."""
    return Totals(_sum(rows, "received_rows"), _sum(rows, "accepted_rows"), _sum(rows, "held_rows"))


def _sum(rows: Sequence[Row], column: str) -> int:
    return sum(row[column] or 0 for row in rows)


def punctuality(rows: Sequence[Row]) -> Share:
    """The share of what was due by now that came in time; what was missing or late counts against it."""
    states = [row["state"] for row in rows if row["state"] != "not_due"]
    return Share(states.count("on_time"), len(states))


def signed(submissions: Sequence[Mapping[str, Any]]) -> Share:
    """Of rows of `register/submission.parquet` that count, those which preparer and reviewer signed."""
    current = [row["confirmed_at"] is not None for row in submissions if row["standing"] == "standing"]
    return Share(sum(current), len(current))
