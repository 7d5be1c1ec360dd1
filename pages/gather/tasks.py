"""What a department has to do now and what falls due next, from its rows of the grid. Ends at rows by kind of task."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pages.gather import deadlines, grid
from pages.gather.grid import Row

TaskKind = Literal["returned", "missing", "confirm", "correct", "due"]
TASK_KINDS: tuple[TaskKind, ...] = ("returned", "missing", "confirm", "correct", "due")
"""Most urgent first: sent back, overdue, a question to answer, rows to correct, a period that is over but not due."""
AHEAD = dt.timedelta(days=62)
"""How far ahead the next due days are listed: two months."""


@dataclass(frozen=True)
class Task:
    """What has to be done for one unit and dataset: one row of the grid per period, oldest first."""

    kind: TaskKind
    unit_code: str
    dataset: str
    rows: tuple[Row, ...]

    @property
    def held_rows(self) -> int:
        return sum(row["held_rows"] or 0 for row in self.rows)

    @property
    def is_overdue(self) -> bool:
        """Is the time for correcting any of it over?"""
        to_correct = self.kind == "correct" or self.kind == "returned"
        return to_correct and any(deadlines.is_correction_overdue(row) for row in self.rows)


@dataclass(frozen=True)
class Due:
    """A day on which something falls due that has not come yet: datasets, each with its number of submissions."""

    day: dt.date
    datasets: tuple[tuple[str, int], ...]


def tasks(rows: Sequence[Row], asked: Collection[str]) -> list[Task]:
    """What to do now, most urgent first, then what was due first.

    `asked`: submissions of which an answer is awaited now; rows are as of the last build, and since then a question may
    have been answered, or the days for it may be over.
    """
    gathered: dict[tuple[TaskKind, str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["due_date"], row["period"])):
        for kind in _kinds(row, asked):
            gathered.setdefault((kind, row["unit_code"], row["dataset"]), []).append(row)
    to_do = [Task(*key, tuple(owed)) for key, owed in gathered.items()]
    return sorted(to_do, key=lambda task: (TASK_KINDS.index(task.kind), task.rows[0]["due_date"], task.unit_code))


def _kinds(row: Row, asked: Collection[str]) -> Iterator[TaskKind]:
    """A question about what came last stands beside the rows to correct of what stands."""
    states = grid.states_of(row)
    if states.latest == "awaiting" and row["latest_submission_id"] in asked:
        yield "confirm"
    elif states.effective == "returned" or states.effective == "missing" or states.effective == "due":
        yield states.effective
    if states.effective == "partly":
        yield "correct"


def upcoming(rows: Sequence[Row], as_of: dt.date) -> list[Due]:
    """The days of the next two months on which something falls due."""
    by_day: dict[dt.date, Counter[str]] = {}
    for row in rows:
        if row["state"] == "not_due" and row["submission_id"] is None and row["due_date"] - as_of <= AHEAD:
            by_day.setdefault(row["due_date"], Counter())[row["dataset"]] += 1
    return [Due(day, tuple(sorted(by_day[day].items()))) for day in sorted(by_day)]
