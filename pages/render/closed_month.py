"""The lines of closed months as a department's page shows them: as closed, as now, why they differ. Ends at texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pages import words
from pages.target_words import Row
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period

_NO_SUBMISSION = "no_submission"


@dataclass(frozen=True)
class ClosedLine:
    """One figure of a month. `reason`: empty unless it was revised; `submission`: what came last, where it may be the
    department's own."""

    month: str
    title: str
    closed: str
    now: str
    state: str
    reason: str
    submission: str | None


def lines(rows: Iterable[Row]) -> list[ClosedLine]:
    titles = reference.codes("target")
    return [
        ClosedLine(
            month=Period(row["month_date"], 1).title,
            title=f"{row['target_id']} {titles[row['target_id']]}",
            closed=_number(row["closed_actual"]),
            now=_number(row["actual"]),
            state=row["figure_state"],
            reason=_reason(row),
            submission=row["newest_submission_id"],
        )
        for row in rows
    ]


def _number(value: Any) -> str:
    return words.UNPUBLISHED if value is None else words.number(value)


def _reason(row: Row) -> str:
    if row["figure_state"] != "revised":
        return ""
    if row["revision_reason"] == _NO_SUBMISSION:
        return words.MOVED_WITHOUT_SUBMISSION
    return f"{words.KINDS_OF_SUBMISSION[row['revision_reason']]}，关账后共 {words.number(row['later_submissions'])} 份"
