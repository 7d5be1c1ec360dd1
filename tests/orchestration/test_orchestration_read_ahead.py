"""While one batch is checked the next is read: each file once, what comes next, and nothing that needs all memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.pool import Pool
from ingest.read import Job, read
from orchestration.pipeline import batches, deciding, read_ahead
from orchestration.pipeline.read_ahead import ReadAhead
from tests.ingest.files import HEADERS, ROW, delimited
from tests.orchestration import stored
from warehouse.store.data_root import Root


class Counted:
    """A pool that remembers which jobs it was given."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.jobs: list[Job] = []

    def run(self, jobs: Sequence[Job], large: Any) -> Any:
        self.jobs += jobs
        return self._pool.run(jobs, large)


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    files = []
    for number in range(4):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(delimited([HEADERS, *[ROW] * (number + 1)]))
        files.append(Job(f"CAB-training_record-2026-01-{number:012x}", path, path.name, stored.DATASET, "CAB"))
    return files


def rows(results: Sequence[read_ahead.Read]) -> list[int]:
    return [table.num_rows for table, _ in results]


def test_each_file_is_read_once_and_given_in_order(jobs: list[Job], readers: Pool) -> None:
    pool = Counted(readers)
    ahead = ReadAhead(pool)  # type: ignore[arg-type]
    ahead.begin(jobs[1:3])
    assert rows(ahead.read([jobs[2], jobs[0], jobs[1], jobs[3]])) == [3, 1, 2, 4]
    assert sorted(pool.jobs, key=lambda job: job.name) == jobs
    alone = read(jobs[2].path.read_bytes(), jobs[2].name, stored.DATASET, submission_id=jobs[2].submission_id)
    ahead.begin(jobs[2:3])
    assert ahead.read(jobs[2:3]) == [alone]
    ahead.close()


def test_what_is_another_batchs_is_forgotten(jobs: list[Job], readers: Pool) -> None:
    pool = Counted(readers)
    ahead = ReadAhead(pool)  # type: ignore[arg-type]
    ahead.begin(jobs[:1])
    ahead.begin(jobs[1:2])  # one batch alone is ahead
    assert rows(ahead.read(jobs[2:])) == [3, 4]
    assert rows(ahead.read(jobs[:1])) == [1]
    assert pool.jobs == [jobs[0], *jobs[2:], jobs[0]]
    ahead.close()


def test_what_needs_the_memory_of_all_is_not_read_beside_other_work(
    jobs: list[Job], readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Counted(readers)
    ahead = ReadAhead(pool)  # type: ignore[arg-type]
    monkeypatch.setattr(read_ahead, "is_large", lambda job: job == jobs[1])
    ahead.begin(jobs[:2])
    assert pool.jobs == []
    assert rows(ahead.read(jobs[:2])) == [1, 2]


def test_the_next_batch_is_begun_before_one_is_checked(
    tmp_path: Path, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Root(tmp_path / "data").make()
    stored.send(root)
    run = stored.prepared(root, readers)
    seen: list[tuple[str, list[str]]] = []
    judged, begin = deciding.judged, ReadAhead.begin

    def judged_seen(*facts: Any) -> Any:
        seen.append(("checked", [submission.submission_id for submission, _ in facts[3]]))
        return judged(*facts)

    def begin_seen(ahead: ReadAhead, jobs: Sequence[Job]) -> None:
        seen.append(("begun", [job.submission_id for job in jobs]))
        begin(ahead, jobs)

    monkeypatch.setattr(deciding, "judged", judged_seen)
    monkeypatch.setattr(ReadAhead, "begin", begin_seen)
    monkeypatch.setattr(batches, "first", lambda root, waiting: (list(waiting[:1]), list(waiting[1:])))
    run.open()
    try:
        deciding.pull(run)
        waiting = deciding.to_decide(run, stored.DATASET)
        names = [submission.submission_id for submission, _ in waiting]
        decided = deciding.decide(run, stored.DATASET, waiting[:2], following=waiting[2:])
    finally:
        run.close()
    assert [decision.submission_id for decision in decided] == names[:2]
    assert seen == [
        ("begun", [names[1]]),
        ("checked", [names[0]]),
        ("begun", [names[2]]),
        ("checked", [names[1]]),
    ]


def test_what_follows_a_dataset_is_the_next_of_which_something_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: Any = {"award": [], "certificate": ["a", "b"], "competition": [], "training_record": ["c"]}
    seen = []
    monkeypatch.setattr(deciding, "decide", lambda run, *facts: seen.append(facts) or list(facts[1]))
    run: Any = None
    assert dict(deciding.in_turn(run, waiting)) == waiting
    assert seen == [
        ("award", [], ["a", "b"]),
        ("certificate", ["a", "b"], ["c"]),
        ("competition", [], ["c"]),
        ("training_record", ["c"], ()),
    ]
