"""What is wrong with the table of tasks. Ends at a list."""

from __future__ import annotations

import numpy as np

from demo.defect import Defect, Place, rule, sent
from demo.rows import Array

_OF_THE_PLAN = 0.1
"""The share of the plan that the districts' tasks sum up to where they fall short."""


def _versions(place: Place) -> tuple[Array, Array]:
    """The number of each row's version, and the first row of each version."""
    parts = ("target_id", "task_split", "task_window", "version")
    columns = [place.rows[name].astype(str).tolist() for name in parts]
    keys = ["|".join(key) for key in zip(*columns, strict=True)]
    _, first, version = np.unique(keys, return_index=True, return_inverse=True)
    return version, first


def _first_district(place: Place) -> Array:
    """The first row of each version by district, which the finding names."""
    mask = np.zeros(len(place.rows), dtype=bool)
    mask[_versions(place)[1]] = True
    return np.asarray(mask & place.equal("task_split", "district"))


def _fall_short(place: Place, index: Array) -> None:
    """All districts of the version get less."""
    version, _ = _versions(place)
    of_version = np.isin(version, version[index])
    less = np.round(place.rows["quantity"][of_version] * _OF_THE_PLAN)
    place.rows.columns["quantity"][of_version] = less


def _alone(place: Place) -> Array:
    """Versions of one unit: one row of several that begins earlier would contradict the others as well."""
    version, _ = _versions(place)
    return np.asarray(np.bincount(version)[version] == 1)


def tasks() -> list[Defect]:
    allocation = "task_allocation"
    return [
        rule("tasks_fall_short", allocation, "quantity", "TK004", "warn", _first_district, _fall_short),
        rule(
            "task_begins_before_its_notice",
            allocation,
            "from_date",
            "TK008",
            "warn",
            _alone,
            sent("from_date", lambda p, index: p.rows["from_date"][index] - np.timedelta64(1, "D"), meant=True),
        ),
    ]
