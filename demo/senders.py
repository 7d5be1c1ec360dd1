"""Who sends which dataset in the demo: the units of the feeds, and the departments that its tables do not name.

The tables of the demo (streams, projects, directories, …) name the departments of the plan. A department that has
feeds and no dialect is a newcomer: each table gives it a plain share of what it owes, said beside the table. Not
here: those shares. Ends at units and masks.
"""

from __future__ import annotations

import functools

import numpy as np

from demo.dialects import DIALECTS
from demo.rows import Array, as_text
from ingest.feed import feeds

CITY = "HRSS"
"""Reports for a department what that one does not owe."""


def department_of(unit: Array) -> Array:
    """The department of each unit."""
    return as_text(code.partition(".")[0] for code in unit.tolist())


@functools.cache
def units(dataset: str) -> tuple[str, ...]:
    """Every unit that owes the dataset."""
    return tuple(unit for feed in feeds() if feed.dataset == dataset for unit in feed.units)


def owes(unit: Array, dataset: str) -> Array:
    """True where a unit owes the dataset."""
    return np.isin(unit, units(dataset))


def reporting(unit: Array, dataset: str) -> Array:
    """The unit that reports a row of the dataset: its own, or the city's where its own owes none."""
    return np.asarray(np.where(owes(unit, dataset), unit, CITY), dtype=object)


def newcomers(*datasets: str) -> tuple[str, ...]:
    """Departments without a dialect that owe one of the datasets, in the order of `departments.csv`."""
    owing = (feed.department for feed in feeds() if feed.dataset in datasets)
    return tuple(dict.fromkeys(department for department in owing if department not in DIALECTS))
