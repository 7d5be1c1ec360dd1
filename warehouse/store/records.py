"""What people decided, and what they are asked about, as entries of logs: exceptions, confirmations, final years,
months closed and opened again, releases, steps of signals, back-files signed as complete, opening balances recognised,
comparisons of a resubmission with what stands, the answers to them and those that could not be used.

The logs lie under `received/`, since they name people; what goes on from them does not. Whether a decision may be made
is `orchestration.pipeline.sign_off`. Ends at records.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from warehouse.store import log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock, period
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.signal import State


@dataclass(frozen=True)
class ApprovedException:
    """Up to `rows` findings of a rule in one submission of a department are let pass, for periods that end by `until`;
    in a submission with more, all of them stand."""

    exception_id: str
    rule: str
    department: str
    rows: int
    until: str  # ISO date
    approved_by: str
    reason: str
    recorded_at: str  # UTC, ISO 8601

    def covers(self, department: str, period_text: str) -> bool:
        covered = period.parse(period_text)
        return self.department == department and covered is not None and covered.end.isoformat() <= self.until


@dataclass(frozen=True)
class Confirmation:
    """A decided submission signed by who prepared and who reviewed it (统计法: both answer for it)."""

    submission_id: str
    preparer: str
    reviewer: str
    recorded_at: str


@dataclass(frozen=True)
class FinalYear:
    """The bureau closed a year: its figures as they stood in a publication. `figures`: `target|reading|period` →
    the actual value as text."""

    year: int
    publication_id: str
    decided_by: str
    figures: dict[str, str | None]
    recorded_at: str


@dataclass(frozen=True)
class MonthClosing:
    """Two persons of the bureau closed a month (关账), or opened it again with a reason; the last one of a month holds.

    `publication_id`: whose figures were closed. `open_items`: kind → how many were open, as both were shown.
    `figures`: `target|reading|period` → the actual value of the month as text. `tasks`: those in force then, each with
    the columns of its row in `register.CLOSED_MONTH`. `department_figures`: `target|reading|period|department` → what
    the department did of it, null where it may not be published; closings of before it was kept have none. Of one that
    opens a month again the four are empty.
    """

    month: str
    publication_id: str
    decided_by: str
    countersigned_by: str
    is_reopening: bool
    reason: str
    open_items: dict[str, int]
    figures: dict[str, str | None]
    tasks: list[dict[str, Any]]
    recorded_at: str
    department_figures: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """How many natural keys of what stood a submission lacks; kept, so that a replay asks the same question.

    `stood`: what stood of the key when it came. Where nothing did and the unit says that there is nothing to report,
    `stood` is null and `keys_standing` those of the newest of the periods before it, all of which had rows.
    """

    submission_id: str
    stood: str | None
    compared_with: str | None  # the submission whose keys were counted
    keys_standing: int
    keys_sent: int
    keys_lost: int
    recorded_at: str

    @property
    def share(self) -> Decimal:
        return Decimal(self.keys_lost) / self.keys_standing if self.keys_standing else Decimal(0)


@dataclass(frozen=True)
class ReplacementAnswer:
    """The unit, or with a reason the bureau, says whether a submission that awaits confirmation replaces what
    stands."""

    submission_id: str
    is_replacement: bool
    answered_by: str
    is_bureau: bool
    reason: str
    recorded_at: str
    sheet: str = ""  # what the sheet of confirmation is known by that says so; empty: the command line


@dataclass(frozen=True)
class UnusedAnswer:
    """A sheet of confirmation came that could not be used; `problem` says why in one Chinese sentence."""

    submission_id: str
    sheet: str
    problem: str
    recorded_at: str


@dataclass(frozen=True)
class Release:
    """The bureau lets a submission count although a test of senders' data fails on it."""

    submission_id: str
    released_by: str
    reason: str
    recorded_at: str


@dataclass(frozen=True)
class SignalStep:
    """The bureau brings a signal of supervision into a state. `facts_digest`: what the signal rested on then."""

    signal_id: str
    state: State
    facts_digest: str
    decided_by: str
    reason: str
    recorded_at: str


@dataclass(frozen=True)
class BackFilesSigned:
    """A unit says, signed by two, whether its back-files of a dataset are complete, all months of the opening balance
    (回补完成); what it says last counts. `reason`: why they are open again."""

    unit: str
    dataset: str
    is_complete: bool
    preparer: str
    reviewer: str
    reason: str
    recorded_at: str


@dataclass(frozen=True)
class BalanceRecognised:
    """The bureau recognises by a document what a unit without rows declared as its opening balance of a target; another
    number is not recognised. `declared`: as text."""

    unit: str
    target_id: str
    declared: str
    document: str
    recognised_by: str
    recorded_at: str


Record = TypeVar(
    "Record",
    ApprovedException,
    Confirmation,
    FinalYear,
    MonthClosing,
    Comparison,
    ReplacementAnswer,
    UnusedAnswer,
    Release,
    SignalStep,
    BackFilesSigned,
    BalanceRecognised,
)


@dataclass(frozen=True)
class _Kind:
    """Where a kind of record lies, and which of its facts say what it is about and who answers for it."""

    name: str
    file: str
    subject: str
    person: str | None  # null: the program's own


_KINDS: dict[type[Any], _Kind] = {
    ApprovedException: _Kind("exception", "exceptions.jsonl", "exception_id", "approved_by"),
    Confirmation: _Kind("confirmation", "confirmations.jsonl", "submission_id", "reviewer"),
    FinalYear: _Kind("final_year", "final_years.jsonl", "year", "decided_by"),
    MonthClosing: _Kind("month_closing", "month_closings.jsonl", "month", "decided_by"),
    Comparison: _Kind("comparison", "comparisons.jsonl", "submission_id", None),
    ReplacementAnswer: _Kind("replacement_answer", "replacement_answers.jsonl", "submission_id", "answered_by"),
    UnusedAnswer: _Kind("unused_answer", "unused_answers.jsonl", "submission_id", None),
    Release: _Kind("release", "releases.jsonl", "submission_id", "released_by"),
    SignalStep: _Kind("signal_step", "signal_steps.jsonl", "signal_id", "decided_by"),
    BackFilesSigned: _Kind("back_files_signed", "back_files_signed.jsonl", "unit", "reviewer"),
    BalanceRecognised: _Kind("balance_recognised", "balances_recognised.jsonl", "unit", "recognised_by"),
}


def path(root: Root, kind: type[Any]) -> Path:
    """The log of a kind of record."""
    return root.logs / _KINDS[kind].file


def read(root: Root, kind: type[Record]) -> list[Record]:
    """All records of a kind, oldest first."""
    return [kind(**entry.facts, recorded_at=entry.at) for entry in log.read(path(root, kind))]


def add(root: Root, *records: Record, proof: str | None = None) -> None:
    """Writes one line for each record of one kind; they are on the disk when this returns. `proof`: how we know who it
    was; null: who called the command line."""
    proof = proof or f"command line, account {_account()}"
    for kind in {type(record) for record in records}:
        log.append(path(root, kind), [entry_of(record, proof) for record in records if type(record) is kind])


def entry_of(record: Any, proof: str) -> log.Entry:
    """The line that tells of a record. `proof`: how we know who it was."""
    kind = _KINDS[type(record)]
    facts = dataclasses.asdict(record)
    return log.Entry(
        at=facts.pop("recorded_at"),
        actor=log.Actor("person", facts[kind.person], proof) if kind.person else log.PROGRAM,
        kind=kind.name,
        subject=str(facts[kind.subject]),
        facts=facts,
    )


def kinds() -> dict[str, type[Any]]:
    """The file of each kind of record under `received/`."""
    return {kind.file: record for record, kind in _KINDS.items()}


def _account() -> str:
    """Who the machine says that it is; the environment may say anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def person(name: str) -> log.Actor:
    """Who decides on the command line."""
    return log.Actor(log.PERSON, name, f"command line, account {_account()}")


def version(root: Root) -> str:
    """Changes with every record, so that a run knows that there is something new to publish."""
    heads = [log.head(path(root, kind)).head for kind in _KINDS]
    return hashlib.sha256("".join(heads).encode()).hexdigest()[:12]


def now() -> str:
    return clock.utc_text(clock.now())


def named(name: str, role: str) -> str:
    """A person's name as given on the command line; `OperatorError` when it is blank."""
    if not name.strip():
        raise OperatorError(f"The {role} needs a name.")
    return name.strip()


def confirmed(records: Iterable[Confirmation]) -> dict[str, str]:
    """Submission → when it was first confirmed."""
    confirmed_at: dict[str, str] = {}
    for confirmation in records:
        confirmed_at.setdefault(confirmation.submission_id, confirmation.recorded_at)
    return confirmed_at


def closed_months(records: Iterable[MonthClosing]) -> dict[str, MonthClosing]:
    """Month → how it was closed, of the months that stand closed; of several records of a month the last holds.

    Args:
        records: oldest first.
    """
    last = {record.month: record for record in records}
    return {month: record for month, record in last.items() if not record.is_reopening}


def back_files_complete(records: Iterable[BackFilesSigned]) -> dict[tuple[str, str], str]:
    """Unit and dataset → when it was signed that the back-files are complete, where that is the last word."""
    signed_at: dict[tuple[str, str], str] = {}
    for signing in records:
        if signing.is_complete:
            signed_at.setdefault((signing.unit, signing.dataset), signing.recorded_at)
        else:
            signed_at.pop((signing.unit, signing.dataset), None)
    return signed_at


def balances_recognised(records: Iterable[BalanceRecognised]) -> dict[tuple[str, str], BalanceRecognised]:
    """By unit and target, the last."""
    return {(recognition.unit, recognition.target_id): recognition for recognition in records}
