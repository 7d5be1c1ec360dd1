"""What came and was not taken: submissions refused since what stands of their key, and files that fit no feed.

An event beside the state of what is owed. What is owed and was returned alone is a task instead. Ends at events.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.gather import grid
from pages.gather.grid import Refused

Row = Mapping[str, Any]


@dataclass(frozen=True)
class NotTaken:
    """One delivery that changed nothing.

    `file_name` and `received_at` (UTC) of what came; where it is a submission, its row of
    `told/submission.parquet` with `refusal`, why it was not taken, and `stands`, the submission of its key that
    does; else `problem`, a sentence. `remark`: of the sender's time.
    """

    department_code: str
    file_name: str
    received_at: dt.datetime
    submission: Row | None = None
    refusal: Refused | None = None
    stands: str | None = None
    problem: str | None = None
    remark: str | None = None


def not_taken(submissions: Sequence[Row], unrecognised: Sequence[Row]) -> list[NotTaken]:
    """The newest first. `submissions`: `told/submission.parquet`; `unrecognised`: rows of
    `told/delivery.parquet` with a problem."""
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
    return sorted([*refused, *strange], key=lambda event: (event.received_at, event.file_name), reverse=True)


def _key(row: Row) -> tuple[str, str, str]:
    return row["dataset"], row["unit_code"], row["period"]


def _is_event(row: Row, shown: Row | None) -> bool:
    return row["standing"] == "refused" and (shown is None or row["delivery_order"] > shown["delivery_order"])


def _refused(row: Row, shown: Row | None) -> NotTaken:
    return NotTaken(
        row["department_code"],
        row["file_name"],
        row["received_at"],
        submission=row,
        refusal=grid.refusal_of(row["refusal"], row["outcome"]),
        stands=shown["submission_id"] if shown and shown["standing"] == "standing" else None,
    )
