"""Worker processes that read files and may die or be killed without harm. Knows of a job only that it can be done.

How they are started stands in `fork_server`, what they run in `worker`.
"""

from __future__ import annotations

import contextlib
import pickle
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from multiprocessing.connection import Connection, Pipe, wait
from types import TracebackType
from typing import Any, Generic, Literal, Protocol, TypeVar

from ingest import fork_server
from ingest.limits import limits

Failure = Literal["died", "late"]
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Job(Protocol[R_co]):
    """Something to do in a worker; it and its result can be pickled."""

    def work(self) -> R_co: ...


class Done(Generic[R]):
    """A job's result, told apart from a failure."""

    def __init__(self, value: R) -> None:
        self.value = value


_LARGE = 100_000
"""Bytes from which a part goes by itself: a message costs 10 µs, a copy of so much as well, and a small table has 180
parts."""


def send(connection: Connection, result: object) -> None:
    """What a job gave: first what it is, then its large parts one by one, so that none is copied to be sent."""
    parts: list[pickle.PickleBuffer] = []

    def is_small(part: pickle.PickleBuffer) -> bool:
        if part.raw().nbytes < _LARGE:
            return True
        parts.append(part)
        return False

    connection.send_bytes(pickle.dumps(result, protocol=5, buffer_callback=is_small))
    connection.send(len(parts))
    for part in parts:
        connection.send_bytes(part.raw())


def receive(connection: Connection) -> Any:
    """The other side of `send`. `EOFError`: that side died."""
    whole = connection.recv_bytes()
    return pickle.loads(whole, buffers=[connection.recv_bytes() for _ in range(connection.recv())])


_PROGRAM = "ingest.worker"


class _Worker:
    def __init__(self, module: str | None = None) -> None:
        """`module`: of the jobs to come, where it is the first to do them."""
        ours, theirs = Pipe()
        self.connection: Connection = ours
        with theirs:
            self.process = fork_server.fork(_PROGRAM, theirs, module)
        self.job: int | None = None
        self.deadline = 0.0

    def start(self, number: int, job: bytes, seconds: float, most_mb: int) -> None:
        """`job`: as `_Queue` packs it."""
        self.job, self.deadline = number, time.monotonic() + seconds
        with contextlib.suppress(OSError):  # a worker that just died is met again as "died"
            self.connection.send(most_mb)
            self.connection.send_bytes(job)

    def result(self) -> Done[Any] | Failure:
        try:
            return Done(receive(self.connection))
        except (EOFError, OSError):
            return "died"

    def stop(self) -> None:
        self.connection.close()
        self.process.end()


class _Queue(Generic[R]):
    """Jobs in their order, asked for one by one; the next is packed while workers are busy with others: for a small one
    that takes as long as the job."""

    def __init__(self, jobs: Iterable[Job[R]]) -> None:
        self._jobs = enumerate(jobs)
        self._packed = b""
        self._next = next(self._jobs, None)

    @property
    def number(self) -> int | None:
        """Of the next job; null after the last."""
        return self._next[0] if self._next else None

    def pack(self) -> bytes:
        if self._next and not self._packed:
            self._packed = pickle.dumps(self._next[1], protocol=5)
        return self._packed

    def pop(self) -> bytes:
        packed, self._packed = self.pack(), b""
        self._next = next(self._jobs, None)
        return packed


class Pool:
    """A few workers, started when there is work and replaced when they die or are late; to be shared by many calls.

    `workers`: as many as the run's memory is shared out among, where no smaller number is asked for.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._most = workers or limits().workers
        self._workers: list[_Worker] = []
        self._lock = threading.RLock()

    def get_ready(self) -> None:
        """Begins before there is work what needs half a second, once in a process; a worker then needs none."""
        fork_server.start(_PROGRAM)

    def close(self) -> None:
        """Ends the workers; the pool may be used again."""
        for worker in self._workers:
            worker.stop()
        self._workers.clear()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def run(
        self, jobs: Iterable[Job[R]], large: Collection[int] = frozenset()
    ) -> Iterator[tuple[int, Done[R] | Failure]]:
        """The number (from 0) and the result of every job, as they are done. A call from another thread waits.

        Jobs are asked for as workers need them, a few ahead.

        `large`: jobs that get the memory of all workers, and nothing runs beside them.
        """
        with self._lock:
            to_come = iter(jobs)
            first = list(islice(to_come, max(self._most, 2)))
            while len(self._workers) < min(self._most, len(first)):
                self._workers.append(_Worker(type(first[0]).__module__))
            waiting = _Queue(chain(first, to_come))
            alone = {0} if len(first) == 1 else large
            self._start(waiting, alone)
            try:
                yield from self._results(waiting, alone, large)
            finally:
                if any(worker.job is not None for worker in self._workers):
                    self.close()  # the caller left early: late answers must not meet the next call

    def _results(
        self, waiting: _Queue[R], alone: Collection[int], large: Collection[int]
    ) -> Iterator[tuple[int, Done[R] | Failure]]:
        while busy := {worker.connection: worker for worker in self._workers if worker.job is not None}:
            waiting.pack()
            patience = max(0.0, min(worker.deadline for worker in busy.values()) - time.monotonic())
            answered = wait(list(busy), patience)
            now = time.monotonic()
            for connection, worker in busy.items():
                number = worker.job
                if number is None or not (connection in answered or worker.deadline <= now):
                    continue
                result: Done[R] | Failure = worker.result() if connection in answered else "late"
                worker.job = None
                if isinstance(result, str) or number in large:  # what it took does not all come back
                    worker.stop()
                    self._workers.remove(worker)
                    if waiting.number is not None:
                        self._workers.append(_Worker())
                self._start(waiting, alone)
                yield number, result

    def _start(self, waiting: _Queue[R], alone: Collection[int]) -> None:
        """Gives idle workers what comes next; what is to be alone waits for all, and all wait for it."""
        for worker in self._workers:
            busy = {other.job for other in self._workers if other.job is not None}
            number = waiting.number
            if number is None or busy.intersection(alone) or (busy and number in alone):
                return
            if worker.job is None:
                most = limits()
                worker.start(number, waiting.pop(), most.seconds, most.alone_mb if number in alone else most.worker_mb)
