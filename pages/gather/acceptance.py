"""What of a department's data for one period was accepted, what is still open, and since which publication it counts.

Ends at statements; the certificates that state them are made in `render`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from pages.gather import grid
from pages.gather.grid import Row
from pages.gather.publications import DepartmentPeriod, counting_since, newest_first
from pages.gather.sources import Sources
from warehouse.vocabulary.submission import Decision

OpenState = Literal["returned", "missing", "held_back", "held", "not_due"]
OPEN_STATES: tuple[OpenState, ...] = ("returned", "missing", "held_back", "held", "not_due")
"""Worst first: sent back and not sent again, never sent, held back by us, rows to correct, not due and not sent yet."""


class OpenItem(NamedTuple):
    """What one unit has not done for one dataset, and how many of its rows wait."""

    unit: str
    dataset: str
    state: OpenState
    held_rows: int


@dataclass(frozen=True)
class AcceptanceLine:
    """One dataset over all the department's units: submissions owed, accepted, of these without data and signed; and
    rows of what was accepted."""

    dataset: str
    owed: int
    accepted_submissions: int
    nothing_to_report: int
    signed: int
    received_rows: int
    accepted_rows: int
    held_rows: int
    withdrawn_rows: int


@dataclass(frozen=True)
class AcceptanceStatement:
    """What stands of a department for a period.

    `publication_id`: the publication since which just these submissions count. `open`: empty where all that was owed
    is in and nothing is held. `versions`: rules, reference and program, each with all that decided.
    """

    department: str
    period: str
    publication_id: str
    lines: tuple[AcceptanceLine, ...]
    open: tuple[OpenItem, ...]
    versions: dict[str, list[str]]
    submissions: tuple[dict[str, Any], ...]

    @property
    def is_whole(self) -> bool:
        return not self.open

    def total(self, name: str) -> int:
        return sum(getattr(line, name) for line in self.lines)


def acceptances(
    sources: Sources, department: str, rows: Sequence[Row], signed: frozenset[str]
) -> tuple[AcceptanceStatement, ...]:
    """One statement per period of which something counts, newest first; none on what is not published yet, since a
    failed build leaves it out. `rows`: the department's of `rpt_submission_grid`; `signed`: as in `statement`."""
    owed: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        owed[row["period"]].append(row)
    statements = [
        statement(DepartmentPeriod(department, period), owed[period], stated.decisions, signed, stated.since)
        for period, stated in stated_by_period(sources, department).items()
    ]
    return tuple(sorted(statements, key=lambda statement: statement.period, reverse=True))


class Stated(NamedTuple):
    """What counts of a period, and since which publication."""

    decisions: list[Decision]
    since: str


def stated_by_period(sources: Sources, department: str) -> dict[str, Stated]:
    """Of what a statement is made; without periods of which anything is not published yet."""
    counting: dict[str, list[Decision]] = defaultdict(list)
    for status in sources.statuses:
        if status.stands and status.decision.submission.department == department:
            counting[status.decision.submission.period].append(status.decision)
    stated, counted = {}, newest_first(sources.root)
    for period, decisions in counting.items():
        key = DepartmentPeriod(department, period)
        since = counting_since(counted, key, frozenset(decision.folder_name for decision in decisions))
        if since is not None:
            stated[period] = Stated(decisions, since)
    return stated


def statement(
    key: DepartmentPeriod,
    rows: Sequence[Row],
    decisions: Sequence[Decision],
    signed: frozenset[str],
    publication_id: str,
) -> AcceptanceStatement:
    """`rows`: of `rpt_submission_grid`, of the department and period. `decisions`: those on its current submissions.
    `signed`: submissions with both signatures."""
    ordered = sorted(decisions, key=lambda decision: decision.submission_id)
    datasets = {row["dataset"] for row in rows} | {decision.submission.dataset for decision in ordered}
    return AcceptanceStatement(
        department=key.department,
        period=key.period,
        publication_id=publication_id,
        lines=tuple(_line(dataset, rows, ordered, signed) for dataset in sorted(datasets)),
        open=_open_items(rows),
        versions={name: _versions(ordered, name) for name in ("rules", "reference", "program")},
        submissions=tuple(_described(decision) for decision in ordered),
    )


def _open_items(rows: Sequence[Row]) -> tuple[OpenItem, ...]:
    items = [
        OpenItem(row["unit_code"], row["dataset"], state, row["held_rows"] or 0)
        for row in rows
        if (state := _open_state(row))
    ]
    return tuple(sorted(items, key=lambda item: (OPEN_STATES.index(item.state), item.dataset, item.unit)))


def _open_state(row: Row) -> OpenState | None:
    state = grid.state_of(row)
    if state == "returned" or state == "missing" or state == "held_back":
        return state
    if state == "due" or state == "not_due":
        return "not_due"
    return "held" if row["held_rows"] else None


def _line(dataset: str, rows: Sequence[Row], decisions: Sequence[Decision], signed: frozenset[str]) -> AcceptanceLine:
    accepted = [decision for decision in decisions if decision.submission.dataset == dataset]
    return AcceptanceLine(
        dataset=dataset,
        owed=sum(row["dataset"] == dataset for row in rows),
        accepted_submissions=len(accepted),
        nothing_to_report=sum(decision.reading.is_nothing for decision in accepted),
        signed=sum(decision.submission_id in signed for decision in accepted),
        received_rows=sum(decision.rows.received for decision in accepted),
        accepted_rows=sum(decision.rows.accepted for decision in accepted),
        held_rows=sum(decision.rows.held for decision in accepted),
        withdrawn_rows=sum(decision.rows.withdrawn for decision in accepted),
    )


def _versions(decisions: Sequence[Decision], name: str) -> list[str]:
    return sorted({getattr(decision, f"{name}_version") for decision in decisions})


def _described(decision: Decision) -> dict[str, Any]:
    """By what the statement on a submission can be verified."""
    return {
        "submission_id": decision.submission_id,
        "sha256": decision.reading.file.sha256,
        "rows": asdict(decision.rows),
        "accepted_sha256": decision.checksums.get("accepted.parquet"),
    }
