"""Steps that bring a data root from one layout to the next: a module `to_<n>` for each, with `migrate(run)`.

A module here is live. `migrate` is handed a root of layout n - 1, both of whose locks are held; killed, it is called
again and goes on; done again on what it has done, it changes nothing. When it has returned, the root is of layout n.
Nothing of it is mended afterwards: what a later layout wants is a later step. Ends at `house.json`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from orchestration.pipeline.run import Run
from warehouse.store import house, log
from warehouse.store.house import House

Step = Callable[[Run], None]
_NAME = re.compile(r"to_(\d+)")


def steps() -> Mapping[int, Step]:
    """Layout → what brings a root of the one before to it, in order."""
    names = [match for module in pkgutil.iter_modules(__path__) if (match := _NAME.fullmatch(module.name))]
    numbers = sorted(int(match[1]) for match in names)
    return {number: importlib.import_module(f"{__name__}.to_{number}").migrate for number in numbers}


def settle(run: Run) -> None:
    """Before a run: a root that no run has used gets its `house.json`, one of an older layout is brought to this one.

    The caller holds the lock of deciding; where there is something to do, that of building is held too.
    """
    root = run.root
    present = house.read(root)
    if present is None and not log.paths(root) and not _is_of_first_layout(run):
        house.write(root, house.of_key(run.key))
        return
    reached = _reached(present)
    if reached == house.LAYOUT:
        house.admit(root, run.key)
        return
    run.hold_both()
    for number, migrate in steps().items():
        if number > reached:
            migrate(run)
            _note(run, number)


def _is_of_first_layout(run: Run) -> bool:
    """One whose logs a kill left aside while they were laid anew."""
    from orchestration.pipeline.migrations.to_2 import FIRST

    return (run.root.received / FIRST).exists()


def _reached(present: House | None) -> int:
    """The layout of a root; a step in which it was killed is not done."""
    if present is None:
        return 1
    return present.layout - 1 if present.moving == "upgrade" else present.layout


def _note(run: Run, number: int) -> None:
    present = house.read(run.root)
    if present is not None and present.layout < number:
        house.write(run.root, replace(present, layout=number))
