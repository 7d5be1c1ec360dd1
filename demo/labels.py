"""Labels of rows: which kind of defect or odd spelling a row bears.

Not here: choosing the rows (`injection.py`). Ends at the kinds met so far.
"""

from __future__ import annotations

from demo.defect import Kind
from demo.rows import Array, Rows

LEAST = 3
"""So many rows at least per kind, where the files are large enough to bear them."""
RESERVED = -2
"""The label of a row that stays as it is because others are compared with it."""


class Labels:
    """The kinds met so far; a row's label is its kind's place here."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []
        self._place: dict[Kind, int] = {}

    def of(self, kind: Kind) -> int:
        if kind not in self._place:
            self._place[kind] = len(self.kinds)
            self.kinds.append(kind)
        return self._place[kind]

    def put(self, rows: Rows, index: Array, kind: Kind) -> None:
        rows.label[index] = self.of(kind)
        if kind.effect == "hold":
            rows.held[index] = True
