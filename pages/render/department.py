"""A department's page: what to do now, what is due, the grid of what it owes, how it fares, all its submissions.

Ends at one text.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages import words
from pages.render import acceptance_trend as drawing
from pages.render import environment, grid
from pages.render.acceptance import Accepted
from pages.render.acceptance_trend import Shares, trend
from pages.render.grid import Row

SHOWN_TASKS = 40
SHOWN_AHEAD = dt.timedelta(days=62)
TASKS: dict[str, str] = {
    "returned": "更正后重报",
    "missing": "报送（已过截止日）",
    "correct": "更正后补报",
    "due": "待报",
}
"""What has to be done, most urgent first."""


@dataclass(frozen=True)
class Task:
    """What has to be done for one unit and dataset: one row of the grid per period, oldest first."""

    kind: str
    unit_code: str
    dataset: str
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        return TASKS[self.kind]

    @property
    def held_rows(self) -> int:
        return sum(row["held_rows"] or 0 for row in self.rows)


@dataclass(frozen=True)
class Totals:
    """Rows over the current submissions, and the share that was accepted."""

    received: int
    accepted: int
    held: int

    @property
    def acceptance(self) -> str:
        """Of the rows that stand: what its sender withdrew is neither accepted nor waited for."""
        return words.share(self.accepted, self.accepted + self.held)


@dataclass(frozen=True)
class Due:
    """A day on which something falls due that has not come yet: datasets, each with its number of submissions."""

    day: dt.date
    datasets: tuple[tuple[str, int], ...]


def totals(rows: Sequence[Row]) -> Totals:
    """Sums over grid or submission rows; where nothing came the counts may be null."""
    return Totals(*(sum(row[name] or 0 for row in rows) for name in ("received_rows", "accepted_rows", "held_rows")))


def tasks(rows: Sequence[Row], as_of: dt.date) -> list[Task]:
    """What to do now, most urgent first: returned, missing, rows to correct, then periods that are over but not due."""
    gathered: dict[tuple[str, str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["due_date"], row["period"])):
        if kind := _task(row, as_of):
            gathered.setdefault((kind, row["unit_code"], row["dataset"]), []).append(row)
    urgency = list(TASKS)
    found = [Task(*key, tuple(owed)) for key, owed in gathered.items()]
    return sorted(found, key=lambda task: (urgency.index(task.kind), task.rows[0]["due_date"], task.unit_code))


def _task(row: Row, as_of: dt.date) -> str | None:
    state = grid.state_of(row)
    if state in ("returned", "missing"):
        return state
    if row["held_rows"]:
        return "correct"
    waits = state == "not_due" and row["submission_id"] is None and grid.period_of(row).end < as_of
    return "due" if waits else None


def punctuality(rows: Sequence[Row]) -> str:
    """The share of what was due by now that came in time; what was missing or late counts against it."""
    states = [row["state"] for row in rows if row["state"] != "not_due"]
    return words.share(states.count("on_time"), len(states))


def signed(submissions: Sequence[Mapping[str, Any]]) -> str:
    """The share of the submissions that count which preparer and reviewer signed."""
    current = [row["confirmed_at"] is not None for row in submissions if row["is_current"]]
    return words.share(sum(current), len(current))


def upcoming(rows: Sequence[Row], as_of: dt.date) -> list[Due]:
    """The days of the next two months on which something falls due."""
    by_day: dict[dt.date, Counter[str]] = {}
    for row in rows:
        if row["state"] == "not_due" and row["submission_id"] is None and row["due_date"] - as_of <= SHOWN_AHEAD:
            by_day.setdefault(row["due_date"], Counter())[row["dataset"]] += 1
    return [Due(day, tuple(sorted(by_day[day].items()))) for day in sorted(by_day)]


def department_page(
    department: str,
    as_of: dt.date,
    grid_rows: Sequence[Row],
    submissions: Sequence[Mapping[str, Any]],
    rules: Sequence[Mapping[str, Any]] = (),
    unrecognised: Sequence[Mapping[str, Any]] = (),
    shares: Shares | None = None,
    answers: Mapping[str, Any] | None = None,
    exceptions: Sequence[Mapping[str, Any]] = (),
    certificates: Sequence[Accepted] = (),
) -> str:
    """The page of a department and all its units.

    `grid_rows`: rows of `rpt_submission_grid`; `submissions`: rows of `register/submission.parquet`;
    `rules`: rule, severity, message, fix, findings, submissions, over current submissions;
    `unrecognised`: rows of `register/delivery.parquet` without a submission; `answers`: open_warnings, explained,
    fixed, days_to_fix (median); `exceptions`: exception_id, rule, rows, until, reason, approved_by (masked), used;
    `certificates`: newest
    period first. All of this department only; `shares` (`trend.shares`) of all.
    """
    to_do = tasks(grid_rows, as_of)
    by_dataset: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(submissions, key=lambda row: row["dataset"]):
        by_dataset.setdefault(row["dataset"], []).append(row)
    newest_first = [
        (
            dataset,
            totals([row for row in rows if row["is_newest"]]),
            sorted(rows, key=lambda row: (row["period_start_date"], row["delivery_order"]), reverse=True),
        )
        for dataset, rows in by_dataset.items()
    ]
    return environment.page(
        "department.html",
        department=department,
        as_of=as_of,
        has_districts=any(row["unit_code"] != department for row in (*grid_rows, *submissions)),
        states=grid.STATES,
        marks=grid.MARKS,
        counts=grid.counts(grid_rows),
        totals=totals([row for row in submissions if row["is_newest"]]),
        tasks=to_do[:SHOWN_TASKS],
        task_count=len(to_do),
        heat=grid.heat_map(
            sorted(grid_rows, key=lambda row: (row["unit_code"], row["dataset"])), ("unit_code", "dataset")
        ),
        datasets=newest_first,
        submission_count=len(submissions),
        rules=rules,
        unrecognised=unrecognised,
        punctuality=punctuality(grid_rows),
        signed=signed(submissions),
        upcoming=upcoming(grid_rows, as_of),
        trend=trend(department, shares or {}),
        drawing=drawing,
        answers=answers,
        exceptions=exceptions,
        certificates=certificates,
    )
