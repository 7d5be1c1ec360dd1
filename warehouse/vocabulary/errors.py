"""The errors of people and machines around the data.

Findings about the data are never exceptions: they are `tables.FINDING`.
"""

from __future__ import annotations


class OperatorError(Exception):
    """What the operator can mend: one clear sentence that says what to do, shown without a traceback."""

    exit_code = 2
    kept: str | None = None
    """What may be written down and sent of it, where the sentence quotes what is not ours; else the sentence."""


class Busy(OperatorError):
    """Another run holds the data root."""

    exit_code = 3
