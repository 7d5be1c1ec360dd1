"""A part of a whole, as two counts. How a share is said is for `words`; nothing is divided before."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Share(NamedTuple):
    """`part` of `whole`; a whole of 0 has no share."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal:
        """Raises `DivisionByZero` or `InvalidOperation` where there is no whole."""
        return Decimal(self.part) * 100 / self.whole
