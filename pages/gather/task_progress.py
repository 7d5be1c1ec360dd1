"""How far each unit is with its tasks: one table per target and split, of the newest period that is judged.

Reads rows of `rpt_task_progress`; which version is in force and who has a rank is the mart's to say. Ends at tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pages.gather.sources import Sources
from pages.target_words import Row
from warehouse.vocabulary import reference

_MART = "rpt_task_progress"
_DISTRICT = "district"


@dataclass(frozen=True)
class TaskTable:
    """The units of one split with a task in a target, by rank and then by share, those without rank last; of the split
    by district also districts without a task, of which something was counted.

    `documents`: on which the tasks rest, each once.
    """

    target_id: str
    split: str
    rows: tuple[Row, ...]

    @property
    def first(self) -> Row:
        return next((row for row in self.rows if row["task_quantity"] is not None), self.rows[0])

    @property
    def documents(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row["task_document"] for row in self.rows if row["task_document"]))

    @property
    def has_tasks(self) -> bool:
        return self.first["task_quantity"] is not None

    @property
    def is_of_districts(self) -> bool:
        return self.split == _DISTRICT

    @property
    def is_distinct_person(self) -> bool:
        """Whether units may add up to more than the city, since each counts a person once."""
        return bool(self.first["unit"] == "人")

    @property
    def cut_off(self) -> dt.date:
        day: dt.date = self.first["cut_off_date"]
        return day


def task_rows(sources: Sources) -> Sequence[Row]:
    """All rows of the current publication; none of one from before there were tasks."""
    if sources.current is None or _MART not in sources.current.manifest["tables"]:
        return ()
    return sources.shared_rows(f"from published.{_MART}")


def task_tables(rows: Iterable[Row]) -> list[TaskTable]:
    """In the plan's order, by department first; a split in which nobody has a task is shown of districts alone."""
    gathered: dict[tuple[str, str], list[Row]] = {}
    for row in _newest(rows):
        gathered.setdefault((row["target_id"], row["task_split"]), []).append(row)
    tables = []
    for target in reference.codes("target"):
        for split in reference.codes("task_split"):
            of_split = gathered.get((target, split), [])
            shown = [row for row in of_split if row["task_quantity"] is not None or split == _DISTRICT]
            if shown:
                tables.append(TaskTable(target, split, tuple(sorted(shown, key=_place))))
    return tables


def tasks_of(rows: Iterable[Row], unit: str) -> list[Row]:
    """The tasks of a unit: a department's, or those of the district of a district unit, in the plan's order."""
    department, _, district = unit.partition(".")
    code, split = (district, _DISTRICT) if district else (department, "department")
    order = list(reference.codes("target"))
    mine = [
        row
        for row in _newest(rows)
        if (row["task_split"], row["task_unit_code"]) == (split, code) and row["task_quantity"] is not None
    ]
    return sorted(mine, key=lambda row: order.index(row["target_id"]))


def _newest(rows: Iterable[Row]) -> list[Row]:
    """Of each target the rows of the last period that is judged: what runs, or what ended last."""
    listed = list(rows)
    newest: dict[str, dt.date] = {}
    for row in listed:
        newest[row["target_id"]] = max(newest.get(row["target_id"], row["cut_off_date"]), row["cut_off_date"])
    return [row for row in listed if row["cut_off_date"] == newest[row["target_id"]]]


def _place(row: Row) -> tuple[Any, ...]:
    return (
        row["task_quantity"] is None,
        row["task_rank"] is None,
        row["task_rank"] or 0,
        -(row["done"] or 0),
        row["task_unit_code"],
    )
