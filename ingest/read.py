"""A file's bytes → the dataset's rows as text and a `Reading`; never raises, whatever the file is.

Opening files is `readers/`, finding the table `table_extract`; values are typed by `shape`. Ends at text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest import correction_merge, table_extract
from ingest.feed import Feed, live
from ingest.limits import limits
from ingest.pool import Failure, Pool
from ingest.readers import DAMAGED, Unreadable, open_file
from ingest.table_extract import Extract
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import FileFacts, FileProblem, Reading

FAILURES: dict[Failure, tuple[FileProblem, str]] = {
    "died": ("damaged", "读取这个文件时程序中途退出：文件可能已损坏，或大得超出限制，请重新导出，或分成几个文件。"),
    "late": ("too_large", "文件过大或结构异常，规定时间内读不完，请分成几个文件。"),
}
"""What it means that a worker gave nothing."""


@dataclass(frozen=True)
class Job:
    """One file to read: where its bytes lie, and what is known of them. `name` is the file's name as sent."""

    submission_id: str
    path: Path
    name: str
    dataset: str
    department: str

    def work(self) -> tuple[pa.Table, Reading]:
        """`read` for a file on disk, in the dialect of its department's feed."""
        return correction_merge.alone(*self.extracted())

    def extracted(self) -> tuple[Extract, Reading]:
        size = self.path.stat().st_size
        refusal = limits().oversize(size)
        if refusal is not None:
            facts = FileFacts(redact(Path(self.name).name), sha256_of(self.path), size)
            return _nothing(contract.dataset(self.dataset)), Reading(facts, problem="too_large", detail=refusal)
        feed = live(self.department, self.dataset)
        return _extracted(self.path.read_bytes(), self.name, self.dataset, feed, self.submission_id)


@dataclass(frozen=True)
class CorrectionChain:
    """A whole file and the correction workbooks that answer it, oldest first: one submission, that of the last."""

    jobs: tuple[Job, ...]

    def work(self) -> tuple[pa.Table, Reading]:
        last = self.jobs[-1]
        state = correction_merge.merged_chain(
            last.dataset, [(job.submission_id, *job.extracted()) for job in self.jobs]
        )
        return table_extract.numbered(state.table, last.submission_id), state.reading


def sha256_of(path: Path) -> str:
    """Read piece by piece: a giant file costs time, never memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(
    content: bytes,
    name: str,
    dataset: str,
    feed: Feed | None = None,
    submission_id: str = "",
) -> tuple[pa.Table, Reading]:
    """Rows (`tables.read_schema(dataset)`) and how they were read; a file without rows says why in `problem`.

    Identifiers in the file's name are masked: it goes on into `decision.json`.
    """
    return correction_merge.alone(*_extracted(content, name, dataset, feed, submission_id))


def _extracted(
    content: bytes, name: str, dataset: str, feed: Feed | None, submission_id: str
) -> tuple[Extract, Reading]:
    wanted = contract.dataset(dataset)
    facts = FileFacts(redact(Path(name).name), hashlib.sha256(content).hexdigest(), len(content))
    try:
        opened = open_file(content)
        sheets = tuple(sheet.name for sheet in opened.sheets if sheet.name is not None)
        facts = FileFacts(facts.name, facts.sha256, facts.bytes, opened.kind, opened.encoding, sheets)
        extract = table_extract.extract(opened, wanted, feed, submission_id, Path(name).name)
    except Unreadable as reason:
        facts = facts if facts.kind else FileFacts(facts.name, facts.sha256, facts.bytes, reason.kind)
        return _nothing(wanted), Reading(facts, problem=reason.problem, detail=reason.detail)
    except MemoryError:
        return _nothing(wanted), Reading(
            facts, problem="too_large", detail="读取这个文件需要的内存超出限制，请分成几个文件。"
        )
    except Exception:
        # A reader's defect must not stop the other files; its message may quote cells, so it is dropped.
        return _nothing(wanted), Reading(facts, problem="damaged", detail=DAMAGED)
    return extract, Reading(
        facts,
        rows=extract.table.num_rows,
        columns=tuple(extract.columns),
        sheets=tuple(extract.sheets),
        missing=extract.missing,
        claimed_twice=extract.claimed_twice,
        remarks=tuple(extract.remarks),
        problem=extract.problem,
        detail=extract.detail,
        is_nothing=extract.is_nothing,
    )


def _nothing(dataset: Dataset) -> Extract:
    return Extract(table_extract.empty(dataset))


def read_many(jobs: Sequence[Job | CorrectionChain], pool: Pool | None = None) -> Iterator[tuple[pa.Table, Reading]]:
    """Reads many files in worker processes; the results come in the order of the jobs.

    A worker that dies or takes too long costs its file only: that file is damaged or too large. Without `pool`,
    workers are started for this call alone (half a second).
    """
    early: dict[int, tuple[pa.Table, Reading]] = {}
    wanted = 0
    with nullcontext(pool) if pool else Pool() as workers:
        large = frozenset(number for number, job in enumerate(jobs) if is_large(job))
        for number, result in workers.run(jobs, large):
            early[number] = _failed(jobs[number], result) if isinstance(result, str) else result.value
            while wanted in early:
                yield early.pop(wanted)
                wanted += 1


def is_large(job: Job | CorrectionChain) -> bool:
    """Whether it needs the memory of all workers, by the size of its files; what begins like an archive unpacks to much
    more."""
    paths = [part.path for part in (job.jobs if isinstance(job, CorrectionChain) else (job,))]
    size = sum(path.stat().st_size for path in paths if path.exists())
    if not limits().is_large(size, is_packed=True):
        return False
    return limits().is_large(size, is_packed=any(map(_is_packed, paths)))


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _failed(job: Job | CorrectionChain, failure: Failure) -> tuple[pa.Table, Reading]:
    if isinstance(job, CorrectionChain):
        job = job.jobs[-1]
    facts = FileFacts(redact(Path(job.name).name), sha256_of(job.path), job.path.stat().st_size)
    problem, detail = FAILURES[failure]
    return table_extract.empty(contract.dataset(job.dataset)), Reading(facts, problem=problem, detail=detail)
