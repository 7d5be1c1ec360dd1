"""Reads the files of submissions in workers, those of one batch before it is their turn: checking keeps one core busy.

Which batch comes next is `deciding`; what reading gives is `ingest.read`. Ends at what was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from ingest.pool import Pool
from ingest.read import CorrectionChain, Job, is_large, read_many
from warehouse.vocabulary.submission import Reading

Read = tuple[pa.Table, Reading]


class ReadAhead:
    """`readers`: the workers, which others may use too. What was read ahead is held until it is asked for."""

    def __init__(self, readers: Pool) -> None:
        self._readers = readers
        self._thread: ThreadPoolExecutor | None = None
        self._ahead: Future[dict[Job, Read]] | None = None

    def begin(self, jobs: Sequence[Job]) -> None:
        """Begins to read a batch, unless one is ahead already. A file that needs the memory of all is not read beside
        other work."""
        if self._ahead is None and jobs and not any(map(is_large, jobs)):
            self._thread = self._thread or ThreadPoolExecutor(1)
            self._ahead = self._thread.submit(lambda: dict(zip(jobs, read_many(jobs, self._readers), strict=True)))

    def read(self, jobs: Sequence[Job]) -> list[Read]:
        """In the order of the jobs; what was read ahead of other jobs is forgotten."""
        ahead = self._ahead.result() if self._ahead else {}
        self._ahead = None
        others = read_many([job for job in jobs if job not in ahead], self._readers)
        return [ahead.pop(job) if job in ahead else next(others) for job in jobs]

    def merged(self, lines: Sequence[CorrectionChain]) -> list[Read]:
        """Files with what answers them, once it is known which those are."""
        return list(read_many(lines, self._readers))

    def close(self) -> None:
        """Waits for what is being read; workers that were ended give it at once."""
        if self._thread:
            self._thread.shutdown()
