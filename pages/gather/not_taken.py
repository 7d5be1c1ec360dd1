"""What came and was not taken: submissions refused since what stands of their key, what was returned while nothing
stands, and files that fit no feed.

An event beside the state of what is owed. Ends at events in the order in which they are told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.gather import deadlines, grid
from pages.gather.grid import Refused

Row = Mapping[str, Any]


@dataclass(frozen=True)
class NotTaken:
    """One delivery that changed nothing.

    `file_name` and `received_at` (UTC) of what came; where it is a submission, its row of
    `told/submission.parquet` with `refusal`, why it was not taken, and `stands`, the submission of its key that
    does; `is_returned`: nothing does, so that it is owed still, and `correct_by` is its last day; else `problem`, a
    sentence. `remark`: of the sender's time.
    """

    department_code: str
    file_name: str
    received_at: dt.datetime
    submission: Row | None = None
    refusal: Refused | None = None
    stands: str | None = None
    problem: str | None = None
    remark: str | None = None
    is_returned: bool = False
    correct_by: dt.date | None = None

    @property
    def is_answered(self) -> bool:
        """Did its unit decide itself that it is not taken, by word or by silence?"""
        return self.refusal in ("declined", "lapsed")


def not_taken(submissions: Sequence[Row], unrecognised: Sequence[Row]) -> list[NotTaken]:
    """What was refused before what its unit let lapse, what is owed still first, then the newest.

    `submissions`: `told/submission.parquet`; `unrecognised`: rows of `told/delivery.parquet` with a problem.
    """
    shown = {_key(row): row for row in submissions if row["represents_key"]}
    refused = [_refused(row, shown.get(_key(row))) for row in submissions if _is_event(row, shown.get(_key(row)))]
    strange = [
        NotTaken(
            row["department_code"],
            row["file_name"],
            row["received_at"],
            problem=row["problem"],
            remark=row["remark"],
        )
        for row in unrecognised
    ]
    newest = sorted([*refused, *strange], key=lambda event: (event.received_at, event.file_name), reverse=True)
    return sorted(newest, key=lambda event: (event.is_answered, not event.is_returned))


def _key(row: Row) -> tuple[str, str, str]:
    return row["dataset"], row["unit_code"], row["period"]


def _is_event(row: Row, shown: Row | None) -> bool:
    return row["standing"] == "refused" and (shown is None or row["delivery_order"] >= shown["delivery_order"])


def _refused(row: Row, shown: Row | None) -> NotTaken:
    is_returned = bool(row["represents_key"])
    return NotTaken(
        row["department_code"],
        row["file_name"],
        row["received_at"],
        submission=row,
        refusal=grid.refusal_of(row["refusal"], row["outcome"]),
        stands=shown["submission_id"] if shown and shown["standing"] == "standing" else None,
        is_returned=is_returned,
        correct_by=deadlines.correct_by(row) if is_returned else None,
    )
