"""How two sets of checks differ: in the checks, in what they find, and in the outcomes of submissions.

Where the other set comes from is `orchestration.pipeline.rules_revision`, how stored rows are read again
`orchestration.pipeline.rules_diff`. Ends at counts and places, without a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

import duckdb
import pyarrow as pa

from expectations.check import Checked
from expectations.compiled import Check
from warehouse.vocabulary import contract
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import Outcome, Submission

JUDGING = ("severity", "fields", "unless", "is_fact", "sql")
"""The facts of a check that decide what it finds and holds; the others only tell of it."""
PLACES = 3
"""Examples kept of a rule in a department."""

Kind = Literal["new", "changed", "removed", "reworded"]
Move = Literal["found", "gone", "regraded"]
"""A finding that is new, one that is no longer there, one that stays with another severity; examples in this order."""


@dataclass(frozen=True)
class Change:
    """A check that differs; `facts` names what of a changed or reworded one does."""

    dataset: str
    code: str
    kind: Kind
    facts: tuple[str, ...] = ()

    @property
    def is_judging(self) -> bool:
        return self.kind != "reworded"


def changes(before: Sequence[Check], after: Sequence[Check]) -> list[Change]:
    """How two sets of checks differ, by dataset and code; the order of the checks says nothing."""
    old, new = _by_code(before), _by_code(after)
    changes = []
    for place in sorted(old.keys() | new.keys()):
        if place not in old:
            changes.append(Change(*place, "new"))
        elif place not in new:
            changes.append(Change(*place, "removed"))
        elif facts := _differing(old[place], new[place]):
            changes.append(Change(*place, "changed" if set(facts) & set(JUDGING) else "reworded", facts))
    return changes


def _by_code(checks: Sequence[Check]) -> dict[tuple[str, str], Check]:
    return {(check.dataset, check.code): check for check in checks}


def _differing(before: Check, after: Check) -> tuple[str, ...]:
    names = [fact.name for fact in fields(Check)]
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def unknown_fields(checks: Sequence[Check]) -> list[str]:
    """What checks of another revision name and the present contracts do not have, as `dataset.field`."""
    known = {(dataset.name, field.name) for dataset in contract.datasets() for field in dataset.fields}
    return sorted(
        {
            f"{check.dataset}.{name}"
            for check in checks
            for name in (*check.fields, *check.needs)
            if (check.dataset, name) not in known
        }
    )


@dataclass(frozen=True)
class Place:
    """Where a finding comes, goes or changes; `sheet` and `row` as the sender sees them, null for the whole file."""

    submission_id: str
    move: Move
    sheet: str | None
    row: int | None


@dataclass
class Moved:
    """Rows of a department that one rule judges otherwise; a finding about a whole file counts as one."""

    rule: str
    dataset: str
    department: str
    newly_found: int = 0
    gone: int = 0
    regraded: int = 0
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Turn:
    """A submission with another outcome."""

    submission: Submission
    before: Outcome
    after: Outcome
    held_before: int
    held_after: int


@dataclass
class Replayed:
    """What was judged twice of a department."""

    submissions: int = 0
    rows: int = 0
    held_before: int = 0
    held_after: int = 0


_MOVED = f"""
with before as (
    select submission_id, rule, coalesce(row_index, 0) as place, max(severity) as severity, any_value(sheet) as sheet,
        any_value("row") as row_number
    from findings_before group by all
),
after as (
    select submission_id, rule, coalesce(row_index, 0) as place, max(severity) as severity, any_value(sheet) as sheet,
        any_value("row") as row_number
    from findings_after group by all
),
moved as (
    select submission_id, rule, place, coalesce(after.sheet, before.sheet) as sheet,
        coalesce(after.row_number, before.row_number) as row_number,
        case when before.severity is null then 'found' when after.severity is null then 'gone' else 'regraded' end
            as move
    from before full join after using (submission_id, rule, place)
    where before.severity is distinct from after.severity
)
select submission_id, rule,
    count(*) filter (move = 'found'), count(*) filter (move = 'gone'), count(*) filter (move = 'regraded'),
    list([move, sheet, cast(row_number as varchar)] order by move, place)[1:{PLACES}]
from moved group by all order by submission_id, rule
"""


@dataclass
class Difference:
    """What two sets of checks judge differently, gathered batch by batch; a submission belongs to one batch."""

    moved: dict[tuple[str, str, str], Moved] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    departments: dict[str, Replayed] = field(default_factory=dict)

    def add(self, con: duckdb.DuckDBPyConnection, before: Checked, after: Checked) -> None:
        """The same submissions, checked with either set."""
        for old, new in zip(before.decisions, after.decisions, strict=True):
            replayed = self.departments.setdefault(new.submission.department, Replayed())
            replayed.submissions += 1
            replayed.rows += new.rows.received
            replayed.held_before += old.rows.held
            replayed.held_after += new.rows.held
            if old.outcome != new.outcome:
                self.turns.append(Turn(new.submission, old.outcome, new.outcome, old.rows.held, new.rows.held))
        self.add_findings(
            con,
            before.findings,
            after.findings,
            {decision.submission_id: decision.submission for decision in after.decisions},
        )

    def add_findings(
        self, con: duckdb.DuckDBPyConnection, before: pa.Table, after: pa.Table, submissions: Mapping[str, Submission]
    ) -> None:
        """Findings (at least the columns of `tables.FINDING`) of either set; those of other submissions do not
        count."""
        con.register("findings_before", before)
        con.register("findings_after", after)
        for submission_id, rule, newly_found, gone, regraded, places in con.execute(_MOVED).fetchall():
            if submission_id not in submissions:
                continue
            submission = submissions[submission_id]
            key = (rule, submission.dataset, submission.department)
            moved = self.moved.setdefault(key, Moved(*key))
            moved.newly_found += newly_found
            moved.gone += gone
            moved.regraded += regraded
            moved.places += [
                Place(submission_id, move, sheet and redact(sheet), row and int(row))
                for move, sheet, row in places[: PLACES - len(moved.places)]
            ]
        con.unregister("findings_before")
        con.unregister("findings_after")
