"""The expected grid, who owes what for which period: the states of each of its rows, and sums over them.

Three axes, never one word: what stands, what became of what came last, whether what stands is signed. Whether it came
in time is another thing. How states are named, marked and drawn is for `render`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from pages.gather.share import Share
from warehouse.vocabulary.period import Period, parse

State = Literal["returned", "missing", "held_back", "partly", "due", "nothing", "passed", "not_due"]
STATES: tuple[State, ...] = ("returned", "missing", "held_back", "partly", "due", "nothing", "passed", "not_due")
"""Worst first."""
Latest = Literal["merged", "replaced", "refused", "awaiting", "held_back"]
Refused = Literal["unreadable", "rejected", "replaced", "declined", "lapsed"]
Signing = Literal["unsigned", "signed", "changed"]
Row: TypeAlias = Mapping[str, Any]
"""A row of `rpt_submission_grid`."""
_LATEST: Mapping[str, Latest] = {
    "merged": "merged",
    "superseded": "replaced",
    "refused": "refused",
    "awaiting_confirmation": "awaiting",
    "held_back": "held_back",
}
_STANDS: Mapping[str, Latest] = {"correction": "merged", "replacement": "replaced"}
"""Of what came last and stands; the first of its key says nothing beside."""


@dataclass(frozen=True)
class Totals:
    """Rows over the current submissions."""

    received: int
    accepted: int
    held: int

    @property
    def acceptance(self) -> Share:
        """Of the rows that stand: what its sender withdrew is neither accepted nor waited for."""
        return Share(self.accepted, self.accepted + self.held)


@dataclass(frozen=True)
class RowStates:
    """The states of one row. `latest`: null where what came last is the first of its key and stands, or nothing came;
    `refusal`: why what came last was not taken; `signing`: null where nothing stands; `punctuality`: null where nothing
    came; `refused`: how many submissions were not taken since what the row shows."""

    effective: State
    latest: Latest | None
    refusal: Refused | None
    signing: Signing | None
    punctuality: Literal["on_time", "late", "unasked"] | None
    refused: int


def states_of(row: Row) -> RowStates:
    """The one place that says what a row's columns mean."""
    latest = _latest(row)
    return RowStates(
        effective=_effective(row),
        latest=latest,
        refusal=refusal_of(row["latest_refusal"], row["latest_outcome"]) if latest == "refused" else None,
        signing=signing_of(row),
        punctuality=row["state"] if row["state"] in ("on_time", "late", "unasked") else None,
        refused=row["refused_submissions"],
    )


def state_of(row: Row) -> State:
    """有效报送: what stands, or why nothing does."""
    return states_of(row).effective


def _effective(row: Row) -> State:
    if row["standing"] == "standing":
        if row["is_nothing_to_report"]:
            return "nothing"
        return "partly" if row["held_rows"] else "passed"
    if row["standing"] == "refused":
        return "returned"
    if row["standing"] == "held_back":
        return "held_back"
    if row["state"] == "missing":
        return "missing"
    if row["state"] == "unasked":
        return "not_due"
    return "due" if period_of(row).end < row["as_of_date"] else "not_due"


def _latest(row: Row) -> Latest | None:
    if row["latest_standing"] == "standing":
        return _STANDS.get(row["latest_kind"])
    return _LATEST.get(row["latest_standing"] or "")


def refusal_of(refusal: str, outcome: str) -> Refused:
    """Why a refused submission was not taken, of its columns `refusal` and `outcome`."""
    return cast(Refused, outcome if refusal == "outcome" else refusal)


def signing_of(row: Row) -> Signing | None:
    """审签 of a row of the grid; null where nothing stands."""
    if row["standing"] != "standing":
        return None
    return signing(row["is_confirmed"], row["has_confirmed_other"])


def signing(is_confirmed: bool, has_confirmed_other: bool) -> Signing:
    """审签 of what stands: whether it is confirmed, and whether another submission of its key was."""
    if is_confirmed:
        return "signed"
    return "changed" if has_confirmed_other else "unsigned"


def period_of(row: Row) -> Period:
    """The row's period; `ValueError` where the grid names none."""
    period = parse(row["period"])
    if period is None:
        raise ValueError(f"{row['period']} in the submission grid is no period")
    return period


def counts(rows: Iterable[Row]) -> dict[State, int]:
    """State → rows, worst first, absent states as 0."""
    counted = Counter(state_of(row) for row in rows)
    return {state: counted[state] for state in STATES}


def by_department(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Department → its rows, in the order in which they first come."""
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row["department_code"], []).append(row)
    return gathered


def totals(rows: Sequence[Row]) -> Totals:
    """Sums over rows of the grid or of `told/submission.parquet`; where nothing came the counts may be null."""
    return Totals(_sum(rows, "received_rows"), _sum(rows, "accepted_rows"), _sum(rows, "held_rows"))


def _sum(rows: Sequence[Row], column: str) -> int:
    return sum(row[column] or 0 for row in rows)


def punctuality(rows: Sequence[Row]) -> Share:
    """The share of what was due by now that came in time; what was missing or late counts against it, and what nobody
    owes is no part of it."""
    states = [row["state"] for row in rows if row["state"] not in ("not_due", "unasked")]
    return Share(states.count("on_time"), len(states))


@dataclass(frozen=True)
class Beside:
    """How many rows of the grid say something beside what stands: a question waits for the unit's word, so many
    submissions were not taken, what was signed has changed, the first came late."""

    awaiting: int
    not_taken: int
    changed: int
    late: int


def beside(rows: Sequence[Row]) -> Beside:
    states = [states_of(row) for row in rows]
    return Beside(
        awaiting=sum(state.latest == "awaiting" for state in states),
        not_taken=sum(state.refused for state in states),
        changed=sum(state.signing == "changed" for state in states),
        late=sum(state.punctuality == "late" for state in states),
    )


def signed(submissions: Sequence[Mapping[str, Any]]) -> Share:
    """Of rows of `told/submission.parquet` that count, those which preparer and reviewer signed."""
    current = [row["confirmed_at"] is not None for row in submissions if row["standing"] == "standing"]
    return Share(sum(current), len(current))
