"""Which departments need a call from the bureau, and about which rows of the grid. What to say is for `render`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.gather import deadlines, grid
from pages.gather.grid import Row
from pages.gather.sources import Sources

_HELD_SINCE = """
select s.department_code, cast(min(f.opened_at) as date) as since
from finding as f inner join submission as s using (submission_id)
where s.standing = 'standing' and f.severity = 'critical' and f.exception_id is null and s.held_rows > 0
group by s.department_code
"""


@dataclass(frozen=True)
class Call:
    """One department: what is overdue and what was returned, oldest due day first; what it has long been asked to
    confirm; and where rows wait for a correction that is overdue.

    `late_days`: since the first due day that was missed; `held_days`: since the oldest error that still holds a row.
    """

    department: str
    overdue: tuple[Row, ...]
    returned: tuple[Row, ...]
    unanswered: tuple[Row, ...]
    held: tuple[Row, ...]
    late_days: int
    held_days: int

    @property
    def held_rows(self) -> int:
        return sum(row["held_rows"] for row in self.held)

    @property
    def is_needed(self) -> bool:
        return bool(self.overdue or self.returned or self.unanswered or self.held)


def held_since(sources: Sources) -> dict[str, dt.date]:
    """Department → day of the oldest error that holds a row."""
    return {row["department_code"]: row["since"] for row in sources.rows(_HELD_SINCE)}


def calls(rows: Iterable[Row], since: Mapping[str, dt.date], as_of: dt.date) -> list[Call]:
    """Most overdue first, then most returned, then most unanswered, then rows that have waited longest; who needs
    none is left out.

    `rows`: `rpt_submission_grid`. `since`: `held_since`.
    """

    def urgency(call: Call) -> tuple[int, int, int, int, str]:
        return -len(call.overdue), -len(call.returned), -len(call.unanswered), -call.held_days, call.department

    candidates = [_call(code, owed, since.get(code), as_of) for code, owed in grid.by_department(rows).items()]
    return sorted((call for call in candidates if call.is_needed), key=urgency)


def _call(code: str, rows: Sequence[Row], since: dt.date | None, as_of: dt.date) -> Call:
    of_state: dict[grid.State, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=_by_due_date):
        of_state[grid.state_of(row)].append(row)
    overdue = tuple(of_state["missing"])
    held = tuple(row for row in of_state["partly"] if deadlines.is_correction_overdue(row))
    return Call(
        department=code,
        overdue=overdue,
        returned=tuple(of_state["returned"]),
        unanswered=tuple(sorted(filter(deadlines.is_reminder_due, rows), key=_by_due_date)),
        held=held,
        late_days=(as_of - overdue[0]["due_date"]).days if overdue else 0,
        held_days=(as_of - since).days if since and held else 0,
    )


def _by_due_date(row: Row) -> tuple[Any, ...]:
    return row["due_date"], row["dataset"], row["unit_code"]
