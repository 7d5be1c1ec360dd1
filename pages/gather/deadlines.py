"""Until when a unit answers or corrects, of a row of the grid or of what came at a moment.

How many working days there are is policy (`warehouse.vocabulary.deadline`). Ends at days; who is called and what is
said is for `call_list` and `tasks`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pages.gather import grid
from pages.gather.grid import Row
from warehouse.store import register
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import clock, deadline

_TO_CORRECT = ("partly", "returned")
"""States of what is to be corrected: rows wait, or all of it was sent back."""


@dataclass(frozen=True)
class Workdays:
    """How many working days policy gives: a unit to correct, until it is reminded of a question and until the question
    lapses; the bureau to answer a request for an exception, and for what it holds back."""

    correction: int
    reminder: int
    lapse: int
    exception: int
    release: int


def workdays(day: dt.date) -> Workdays:
    """On a day."""
    return Workdays(
        correction=deadline.workdays("correction_workdays", day),
        reminder=deadline.workdays("confirmation_reminder_workdays", day),
        lapse=deadline.workdays("confirmation_lapse_workdays", day),
        exception=deadline.workdays("exception_answer_workdays", day),
        release=deadline.workdays("held_back_answer_workdays", day),
    )


@dataclass(frozen=True)
class Deadlines:
    """Of one submission; each is another on one day only, so that its page is written anew on that day alone.

    `correct_by`: where rows of what stands wait, or where it was returned and nothing of its key stands.
    `is_reminded`: it awaits confirmation and its unit is reminded. `release_by`: until when the bureau answers for what
    it holds back of it.
    """

    correct_by: dt.date | None = None
    is_correction_overdue: bool = False
    is_reminded: bool = False
    release_by: dt.date | None = None
    is_release_overdue: bool = False


def of_submission(status: SubmissionStatus, release_by: dt.date | None, as_of: dt.date) -> Deadlines:
    """`release_by`: as the register tells it."""
    correct = to_correct_by(register.moment(status.received_at)) if _is_to_correct(status) else None
    return Deadlines(
        correct_by=correct,
        is_correction_overdue=correct is not None and correct < as_of,
        is_reminded=status.awaited is not None and reminded_on(status.awaited.since) <= as_of,
        release_by=release_by,
        is_release_overdue=release_by is not None and release_by < as_of,
    )


def _is_to_correct(status: SubmissionStatus) -> bool:
    waits = status.stands and status.decision.rows.held > 0
    return waits or (status.represents_key and status.refusal == "outcome")


def reminded_on(asked: dt.date) -> dt.date:
    """From which day a unit is reminded that was asked whether its submission replaces what stands."""
    return deadline.after(asked, "confirmation_reminder_workdays")


def is_reminder_due(row: Row) -> bool:
    """Has the unit been asked for so long that it is reminded?"""
    asked: dt.date | None = row["latest_asked_date"]
    return asked is not None and reminded_on(asked) <= row["as_of_date"]


def to_correct_by(received_at: dt.datetime) -> dt.date:
    """The last day for correcting what came at a moment (UTC): counted from that day, on which it is reported."""
    return deadline.after(clock.day_of(received_at.replace(tzinfo=dt.UTC)), "correction_workdays")


def correct_by(row: Row) -> dt.date:
    """The last day for correcting what a row of the grid shows."""
    return to_correct_by(row["received_at"])


def is_correction_overdue(row: Row) -> bool:
    """Is the time over for correcting what stands with rows that wait, or what was sent back?"""
    return grid.state_of(row) in _TO_CORRECT and correct_by(row) < row["as_of_date"]
