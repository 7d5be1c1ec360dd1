"""What the plan says about the targets that are split into tasks, as SQL over a row of `task_allocation`.

Here: which targets may be split, over which windows, and how much the plan asks of each. Not here: what is wrong with a
row (`rules/task_allocation/`), and who is in force when (`dbt_project`). Ends at SQL text.
"""

from __future__ import annotations

import datetime as dt

from warehouse.vocabulary import policy, reference, target_rule

_PERSONS = "persons"
_MEASURES = ("events", _PERSONS)
_CUMULATIVE = "cumulative"


def _definitions() -> dict[str, dict[str, str]]:
    """Target → its main reading, of the targets that count what each unit does of its own, in a unit that may be
    split."""
    units = policy.codes("task_unit_code", dt.date(2025, 1, 1))
    return {
        row["target_id"]: row
        for row in reference.table("target_definitions")
        if row["reading"] == "main" and row["measure"] in _MEASURES and target_rule.unit(row["target_id"]) in units
    }


def _listed(targets: list[str]) -> str:
    return ", ".join(f"'{target}'" for target in targets)


IS_ALLOCABLE = f"target_id in ({_listed(list(_definitions()))})"
"""Its quantity can be given to units: events that each unit has of its own, or its own distinct persons."""
_OF_SEVERAL_YEARS = [key for key, row in _definitions().items() if row["window_kind"] == _CUMULATIVE]
IS_OF_THE_WINDOW = f"(target_id in ({_listed(_OF_SEVERAL_YEARS)})) = contains(task_window, '-')"
"""Cumulative targets have one window of several years, the others one for each year."""
_SUMMED = [key for key, row in _definitions().items() if row["measure"] != _PERSONS]
IS_SUM = f"target_id in ({_listed(_SUMMED)})"
"""The city's figure is the sum of the units'; distinct persons are not summed."""
_QUANTITIES = " ".join(
    f"when '{row['id']}' then {row['threshold']}" for row in reference.table("targets") if row["id"] in _definitions()
)
PLAN = f"case target_id {_QUANTITIES} end"
"""What the plan asks of the whole city in one window."""
