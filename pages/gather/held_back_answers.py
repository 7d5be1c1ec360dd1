"""What the bureau holds back and answers for: of which rows of the grid, until which day.

The day is the register's (`warehouse.store.register`). Ends at answers that are due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from pages.gather.grid import Row


@dataclass(frozen=True)
class AnswerDue:
    """`row`: of `rpt_submission_grid`, of which what came last is held back, wholly or in rows."""

    row: Row
    until: dt.date

    @property
    def is_overdue(self) -> bool:
        return bool(self.until < self.row["as_of_date"])

    @property
    def rows(self) -> int:
        """Rows held back of what stands; 0 where a whole submission is."""
        return int(self.row["held_back_row_count"] or 0)


def answers_due(rows: Iterable[Row]) -> list[AnswerDue]:
    """The oldest first."""
    due = [AnswerDue(row, row["held_back_answer_date"]) for row in rows if row["held_back_answer_date"] is not None]
    return sorted(due, key=lambda answer: (answer.until, answer.row["unit_code"], answer.row["dataset"]))
