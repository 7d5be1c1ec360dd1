"""What the bureau's page says: targets, participations by month, who needs a call, who owes what, the departments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pages.gather import call_list, grid, opening_balance, problems, task_progress
from pages.gather.call_list import Call
from pages.gather.grid import Beside, Row, State, Totals
from pages.gather.month_state import MonthState, month_state
from pages.gather.share import Share
from pages.gather.sources import Sources
from pages.gather.unreachable import Unreachable, unreachable
from pages.gather.warned_sums import WarnedSum, warned_sums
from warehouse.published.publication import Publication
from warehouse.vocabulary import reference


@dataclass(frozen=True)
class DepartmentLine:
    """How one department fares."""

    department: str
    counts: Mapping[State, int]
    beside: Beside
    totals: Totals
    punctuality: Share
    signed: Share


@dataclass(frozen=True)
class BureauFacts:
    """Of all departments.

    `targets`: `rpt_target_progress`; `target_breakdown`: `rpt_target_breakdown`; `participation_months`:
    `rpt_participation_month`; `unfinished`: participations not completed, which have no month; `grid`:
    `rpt_submission_grid`; `held_since`: department → day of the oldest error that holds a row; `rules`,
    `unrecognised`: as in `DepartmentFacts`; `submissions`: `told/submission.parquet`; `unreachable`: interfaces from
    which nothing arrives; `tasks`: `rpt_task_progress`; `balances`: `rpt_opening_balance`; `warned_sums`:
    sums that are others without values open to doubt.
    """

    as_of: dt.date
    publication_id: str | None = None
    targets: Sequence[Mapping[str, Any]] = ()
    target_breakdown: Sequence[Mapping[str, Any]] = ()
    participation_months: Sequence[Mapping[str, Any]] = ()
    unfinished: int = 0
    grid: Sequence[Row] = ()
    held_since: Mapping[str, dt.date] = field(default_factory=dict)
    rules: Sequence[Mapping[str, Any]] = ()
    unrecognised: Sequence[Mapping[str, Any]] = ()
    submissions: Sequence[Mapping[str, Any]] = ()
    is_demo: bool = False
    unreachable: Sequence[Unreachable] = ()
    tasks: Sequence[Mapping[str, Any]] = ()
    month: MonthState | None = None
    balances: Sequence[Mapping[str, Any]] = ()
    warned_sums: Sequence[WarnedSum] = ()

    @property
    def calls(self) -> list[Call]:
        return call_list.calls(self.grid, self.held_since, self.as_of)

    @property
    def ordered_grid(self) -> list[Row]:
        """The grid with the departments in the order of their list."""
        order = {code: place for place, code in enumerate(reference.codes("department"))}
        return sorted(self.grid, key=lambda row: order.get(row["department_code"], len(order)))

    @property
    def departments(self) -> list[DepartmentLine]:
        """Every department that owes anything, in the order of their list."""
        submissions = grid.by_department(self.submissions)
        return [
            DepartmentLine(
                department=code,
                counts=grid.counts(owed),
                beside=grid.beside(owed),
                totals=grid.totals(owed),
                punctuality=grid.punctuality(owed),
                signed=grid.signed(submissions.get(code, [])),
            )
            for code, owed in grid.by_department(self.ordered_grid).items()
        ]


def bureau(sources: Sources, current: Publication) -> BureauFacts:
    """From the current publication and the register."""
    return BureauFacts(
        as_of=sources.as_of,
        publication_id=current.publication_id,
        targets=sources.rows("from published.rpt_target_progress"),
        target_breakdown=sources.rows("from published.rpt_target_breakdown"),
        participation_months=sources.rows("from published.rpt_participation_month"),
        unfinished=sources.rows(
            "select count(*) as participations from published.fct_participation where not is_completed"
        )[0]["participations"],
        grid=sources.rows("from published.rpt_submission_grid"),
        held_since=call_list.held_since(sources),
        rules=problems.top_rules(sources),
        unrecognised=problems.unrecognised(sources),
        submissions=sources.rows("from submission"),
        is_demo=sources.is_demo,
        unreachable=unreachable(sources),
        tasks=task_progress.task_rows(sources),
        month=month_state(sources),
        balances=opening_balance.balance_rows(sources),
        warned_sums=warned_sums(sources),
    )
