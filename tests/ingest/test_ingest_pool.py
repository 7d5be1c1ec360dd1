"""Workers that hang, eat memory, crash or raise cost their own job only."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ingest import pool, worker
from ingest.limits import MB, PROGRAM_MB, RESIDENT_MB, limits
from ingest.pool import Done, Pool
from ingest.read import Job, read_many
from orchestration.pipeline import working_database
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.vocabulary.errors import OperatorError


@dataclass(frozen=True)
class Sleep:
    seconds: float

    def work(self) -> str:
        time.sleep(self.seconds)
        return "awake"


@dataclass(frozen=True)
class Eat:
    megabytes: int

    def work(self) -> int:
        return len(bytearray(self.megabytes * 2**20))


@dataclass(frozen=True)
class Die:
    how: str

    def work(self) -> str:
        if self.how == "raises":
            raise RuntimeError("a defect")
        os._exit(9)


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings = tmp_path / "limits.yaml"
    settings.write_text("run_mb: 7000\n", "utf-8")
    monkeypatch.setenv("SKILLS_LIMITS", str(settings))
    limits.cache_clear()
    yield
    limits.cache_clear()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of three jobs gets 2 seconds; the others as many as ever: a busy machine starts workers slowly."""
    seconds = iter([limits().seconds, 2, limits().seconds])
    monkeypatch.setattr(pool, "limits", lambda: replace(limits(), seconds=next(seconds)))


@pytest.mark.usefixtures("impatient")
def test_a_late_job_costs_itself_only() -> None:
    assert second_of_three(Sleep(600)) == "late"


@pytest.mark.parametrize(("bad", "failure"), [(Eat(6000), "died"), (Die("raises"), "died"), (Die("exits"), "died")])
def test_a_bad_job_costs_itself_only(bad: Eat | Die, failure: str) -> None:
    assert second_of_three(bad) == failure


def second_of_three(bad: Sleep | Eat | Die) -> object:
    """What became of a bad job between two good ones that are done."""
    with Pool(workers=1) as workers:
        results = dict(workers.run([Sleep(0), bad, Sleep(0)]))  # type: ignore[list-item]
    for number in (0, 2):
        done = results[number]
        assert isinstance(done, Done)
        assert done.value == "awake"
    return results[1]


def test_what_fits_in_memory_is_done() -> None:
    with Pool(workers=1) as workers:
        ((_, done),) = workers.run([Eat(100)])
    assert isinstance(done, Done)


@pytest.mark.usefixtures("impatient")
def test_a_file_whose_worker_fails_is_one_unreadable_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Job,
        "__reduce__",
        lambda self: (
            (Sleep, (600,))
            if self.name == "endless"
            else (Job, (self.submission_id, self.path, self.name, self.dataset, self.department))
        ),
    )
    path = tmp_path / "sent"
    path.write_bytes(delimited([HEADERS, ROW]))
    jobs = [Job(name, path, name, "training_record", "CAB") for name in ("first", "endless", "last")]
    with Pool(workers=2) as readers:
        results = [reading for _, reading in read_many(jobs, readers)]
    assert [(reading.rows, reading.problem) for reading in results] == [(1, None), (0, "too_large"), (1, None)]
    assert "规定时间" in str(results[1].detail)


@dataclass(frozen=True)
class Allowed:
    """How much address space it may add to what the worker has."""

    def work(self) -> int:
        return resource.getrlimit(resource.RLIMIT_AS)[0] - worker.address_space()


@dataclass(frozen=True)
class Timed:
    """When it ran, and how much address space it was allowed."""

    def work(self) -> tuple[float, float, int]:
        begun = time.monotonic()
        sum(range(200_000))
        return begun, time.monotonic(), resource.getrlimit(resource.RLIMIT_AS)[0]


def test_all_workers_and_the_main_process_fit_into_the_runs_memory() -> None:
    """What the workers are truly held to, and DuckDB's part with what Arrow and the program need beside it."""
    with Pool() as workers:
        allowed = [done.value for _, done in workers.run([Allowed()] * 4) if isinstance(done, Done)]
    resident = max(allowed) - (PROGRAM_MB - RESIDENT_MB) * MB
    assert resident * limits().workers + limits().main_mb * MB <= limits().run_mb * MB
    assert limits().duckdb_mb + 600 <= limits().main_mb
    with working_database.connect(None) as con:
        [(told,)] = con.execute("select current_setting('memory_limit')").fetchall()
    assert told == f"{limits().duckdb_mb * 10**6 * 10 // 2**30 / 10} GiB"  # it drops further digits
    assert (limits().alone_mb - PROGRAM_MB) + limits().workers * RESIDENT_MB < limits().run_mb


def test_a_large_job_is_done_alone_and_with_more_memory() -> None:
    """Beside it nothing runs: each of the others is over before it begins, or begins when it is over."""
    with Pool(workers=2) as workers:
        results = dict(workers.run([Timed(), Timed(), Timed(), Timed()], large={2}))
    spans = [done.value for _, done in sorted(results.items()) if isinstance(done, Done)]
    begun, ended, allowed = spans[2]
    assert all(span[1] <= begun or ended <= span[0] for at, span in enumerate(spans) if at != 2)
    assert [span[2] < allowed for span in spans] == [True, True, False, True]


@pytest.mark.parametrize("setting", ["run_mb: 900", "workers: 9"])
def test_a_share_in_which_no_file_can_be_read_is_refused(setting: str, tmp_path: Path) -> None:
    (tmp_path / "limits.yaml").write_text(setting, "utf-8")
    limits.cache_clear()
    with pytest.raises(OperatorError, match="run_mb"):
        limits()


_KEPT: list[bytearray] = []


@dataclass(frozen=True)
class Keep:
    """Memory that a library does not give back."""

    megabytes: int

    def work(self) -> int:
        _KEPT.append(bytearray(self.megabytes * MB))
        return len(_KEPT)


def test_no_file_is_refused_for_what_was_read_before_it() -> None:
    """A worker's address space grows with all that it has read; what a file may take is counted above that."""
    jobs = [Keep(limits().worker_mb // 2)] * 6
    with Pool(workers=1) as workers:
        kept = [done.value for _, done in workers.run(jobs) if isinstance(done, Done)]
    assert kept == [1, 2, 3, 4, 5, 6], "one worker, which none of them ended"


def test_a_call_from_another_thread_waits_for_its_turn() -> None:
    with Pool(workers=1) as workers, ThreadPoolExecutor(1) as thread:
        here = workers.run([Eat(1), Eat(1)])
        next(here)
        there = thread.submit(lambda: [number for number, _ in workers.run([Eat(1), Eat(1)])])
        with pytest.raises(TimeoutError):
            there.result(timeout=0.5)
        assert [number for number, _ in here] == [1]
        assert there.result() == [0, 1]


def test_jobs_are_asked_for_as_workers_need_them() -> None:
    """What comes next lies ready, and no more."""
    asked: list[int] = []

    def jobs() -> Iterator[Sleep]:
        for number in range(20):
            asked.append(number)
            yield Sleep(0)

    with Pool(workers=2) as workers:
        for count, _ in enumerate(workers.run(jobs()), 1):
            assert len(asked) <= count + 3
    assert asked == [*range(20)]
