"""How many submissions are decided at once: as many as a run's memory holds, however many wait.

Looks at the sizes of files, and takes fewer where those let expect too little; what is done with a batch is the
caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import duckdb

from ingest.correction_chain import Waiting, job
from ingest.limits import limits
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Submission

Done = TypeVar("Done")

_ROW_BYTES = 160
"""Of a row of text: 85 MB were 400,000 rows of training records, narrower datasets have 100 bytes."""
_PACKED = (".xlsx", ".xlsm", ".xlsb", ".ods", ".zip")
_UNPACKED = 3
"""A workbook's rows take a third of their text."""


def first(root: Root, waiting: Waiting) -> tuple[list[tuple[Submission, str]], list[tuple[Submission, str]]]:
    """The first submissions that fit together, at least one, and the others; both in their order."""
    room = limits().batch_rows * _ROW_BYTES
    for count, (submission, name) in enumerate(waiting):
        room -= _weight(root, submission, name)
        if room < 0:
            return list(waiting[: count or 1]), list(waiting[count or 1 :])
    return list(waiting), []


def fitting(
    decide: Callable[[Waiting, Waiting], list[Done]],
    batch: Waiting,
    beside: Waiting = (),
) -> list[Done]:
    """What `decide` makes of a batch, beside those that come after it: in halves where that takes more memory than
    the sizes of the files let expect, for findings may outweigh rows.

    Raises:
        duckdb.OutOfMemoryException: one alone takes more, which no check does.
    """
    try:
        return decide(batch, beside)
    except duckdb.OutOfMemoryException:
        if len(batch) == 1:
            raise
        half = len(batch) // 2
        done = fitting(decide, batch[:half], [*batch[half:], *beside])
        return done + fitting(decide, batch[half:], beside)


def _weight(root: Root, submission: Submission, name: str) -> int:
    content = job(root, submission, name).path
    size = content.stat().st_size if content.exists() else 0
    return size * (_UNPACKED if name.lower().endswith(_PACKED) else 1)
