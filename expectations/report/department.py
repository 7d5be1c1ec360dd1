"""A department's page: what to do now, the grid of what it owes, all its submissions. Ends at one text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expectations.report import grid, render, words
from expectations.report.grid import Row

SHOWN_TASKS = 40
TASKS: dict[str, str] = {
    "returned": "重新报送", "missing": "补报（已过截止日）", "correct": "更正后重报", "due": "待报",
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
        return words.share(self.accepted, self.received)


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


def department_page(
    department: str,
    as_of: dt.date,
    grid_rows: Sequence[Row],
    submissions: Sequence[Mapping[str, Any]],
    rules: Sequence[Mapping[str, Any]] = (),
    unrecognised: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The page of a department and all its units.

    `grid_rows`: rows of `rpt_submission_grid`; `submissions`: rows of `register/submission.parquet`;
    `rules`: rule, severity, message, fix, findings, submissions, over current submissions;
    `unrecognised`: rows of `register/delivery.parquet` without a submission. All of this department only.
    """
    to_do = tasks(grid_rows, as_of)
    by_dataset: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(submissions, key=lambda row: row["dataset"]):
        by_dataset.setdefault(row["dataset"], []).append(row)
    newest_first = [
        (dataset, totals([row for row in rows if row["is_newest"]]),
         sorted(rows, key=lambda row: (row["period_start_date"], row["delivery_order"]), reverse=True))
        for dataset, rows in by_dataset.items()
    ]
    return render.page(
        "department.html", department=department, as_of=as_of,
        has_districts=any(row["unit_code"] != department for row in (*grid_rows, *submissions)),
        states=grid.STATES, marks=grid.MARKS, counts=grid.counts(grid_rows),
        totals=totals([row for row in submissions if row["is_newest"]]),
        tasks=to_do[:SHOWN_TASKS], task_count=len(to_do),
        heat=grid.heat_map(sorted(grid_rows, key=lambda row: (row["unit_code"], row["dataset"])),
                           ("unit_code", "dataset")),
        datasets=newest_first, submission_count=len(submissions), rules=rules, unrecognised=unrecognised,
    )
