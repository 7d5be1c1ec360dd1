"""The errors of people and machines around the data.

Findings about the data are never exceptions: they are `tables.FINDING`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class OperatorError(Exception):
    """What the operator can mend: one clear sentence that says what to do, shown without a traceback."""

    exit_code = 2
    kept: str | None = None
    """What may be written down and sent of it, where the sentence quotes what is not ours; else the sentence."""


class Busy(OperatorError):
    """Another run holds the data root."""

    exit_code = 3


def nearest(name: str, names: Iterable[str]) -> str:
    """For an error about an unknown name: the known one that was meant, in brackets; empty where none is near."""
    near = difflib.get_close_matches(name, list(names), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
