"""What the status page says: every feed's grid as it is decided now, and which of its rows somebody has to look at.

How they are drawn is `render.status`; the published grid is the bureau's page.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pages.gather import grid
from pages.gather.grid import Row, RowStates, State
from pages.gather.sources import connected, sources_stand
from pages.gather.told_grid import newest_deliveries, told_grid
from warehouse.store import demo_mark
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference

_OPEN: frozenset[State] = frozenset({"returned", "missing", "held_back", "partly", "due"})
_UNSETTLED = frozenset({"refused", "awaiting", "held_back"})


@dataclass(frozen=True)
class StatusFacts:
    """`grid`: rows of `told_grid`, departments in the order of their list, then units and datasets; `newest`: rows of
    `newest_deliveries`."""

    as_of: dt.date
    grid: Sequence[Row]
    newest: Sequence[Row] = ()
    is_demo: bool = False

    @cached_property
    def states(self) -> list[RowStates]:
        """Of each row of the grid."""
        return [grid.states_of(row) for row in self.grid]

    @property
    def counts(self) -> dict[State, int]:
        """State → rows."""
        counted = Counter(states.effective for states in self.states)
        return {state: counted[state] for state in grid.STATES}

    @property
    def open_rows(self) -> list[tuple[Row, RowStates]]:
        """What is returned, missing, held back, in part accepted or due, or whose newest delivery was not taken or is
        not settled; worst first, then by due day."""
        told = zip(self.grid, self.states, strict=True)
        open_rows = [(row, states) for row, states in told if states.effective in _OPEN or states.latest in _UNSETTLED]
        return sorted(open_rows, key=lambda told: (grid.STATES.index(told[1].effective), told[0]["due_date"]))


def status(root: Root) -> StatusFacts | None:
    """From the register as last told; null where nothing was ever decided."""
    if not sources_stand(root):
        return None
    order = {code: place for place, code in enumerate(reference.codes("department"))}
    with connected(root, None) as connection:
        rows = sorted(told_grid(connection), key=lambda row: order.get(row["department_code"], len(order)))
        as_of = connection.execute("select as_of_date from run").fetchall()[0][0]
        newest = newest_deliveries(connection)
    return StatusFacts(as_of, rows, newest, demo_mark.is_demo(root))
