"""The table of tasks that the demo's bureau sends once: made-up quantities (`tasks.csv`), since the plan has none.

Every row says in its document that it is no rule; pages show the document. Not here: what is wrong with it
(`defects/tasks.py`). Ends at the rows of one dataset.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from demo.rows import Rows, as_text, empty, rows
from demo.senders import CITY
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period

TABLE = Path(__file__).with_name("tasks.csv")
DOCUMENT = "演示数据，非文件规定"
"""The document of every task."""
_SEVERAL_YEARS = "2025-2027"
_CHANGED = 6
"""After so many months of the world the second version begins, of the target that has one."""


def task_rows(months: list[Period]) -> Rows:
    """One file of the first month: what holds from then on, and from a later month where the world lasts so long."""
    tasks = list(_tasks(months)) if months else []
    if not tasks:
        return empty("task_allocation")
    task, window, begins = zip(*tasks, strict=True)
    return rows(
        "task_allocation",
        CITY,
        str(months[0]),
        {
            "target_id": as_text(row["target_id"] for row in task),
            "task_split": as_text(row["split"] for row in task),
            "task_unit": as_text(row["unit"] for row in task),
            "task_window": as_text(window),
            "version": np.array([float(row["version"]) for row in task]),
            "quantity": np.array([float(row["quantity"]) for row in task]),
            "document": DOCUMENT,
            "from_date": np.array(begins, dtype="datetime64[D]"),
        },
    )


def _tasks(months: list[Period]) -> Iterator[tuple[dict[str, str], str, np.datetime64]]:
    """Each task with its window and the day on which it begins; a yearly one comes for each year of the world."""
    cumulative = {
        row["target_id"] for row in reference.table("target_definitions") if row["window_kind"] == "cumulative"
    }
    with TABLE.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    for row in listed:
        told = months[_CHANGED * (int(row["version"]) - 1) :]
        years = sorted({str(month.start.year) for month in told})
        for window in [_SEVERAL_YEARS] if row["target_id"] in cumulative and told else years:
            yield row, window, np.datetime64(told[0].start)
