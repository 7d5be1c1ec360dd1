"""What every reader gives: sheets of cell texts with the row numbers that the sender sees, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.submission import FileProblem


@dataclass(frozen=True)
class Sheet:
    """Rows of cell texts as sent (null: an empty cell). `numbers` are the rows' numbers as the sender sees them.

    Records (JSON) have their keys as `rows[0]` with the number 0 and no column letters.
    """

    name: str | None
    rows: Sequence[Sequence[str | None]]
    numbers: Sequence[int]
    is_records: bool = False


@dataclass(frozen=True)
class Opened:
    """A file as read: `kind` is what its bytes say; `notes` are texts beside the sheets (JSON members)."""

    kind: str
    encoding: str | None
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()


class Unreadable(Exception):
    """The file gives no rows. `detail` is Chinese, says what it is or what to do, and quotes no value."""

    def __init__(self, problem: FileProblem, detail: str, kind: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = detail
        self.kind = kind
