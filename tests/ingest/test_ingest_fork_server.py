"""Workers are forked from a process that has their imports: as they were started before, only sooner."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Pipe
from pathlib import Path

import pytest

from ingest import fork_server
from ingest.pool import Done, Pool
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT

SERVER = "ingest.worker"


@dataclass(frozen=True)
class Ask:
    """What a worker knows of itself."""

    variable: str

    def work(self) -> tuple[int, int, str | None, list[str]]:
        return os.getpid(), os.getppid(), os.environ.get(self.variable), sorted(sys.modules)


@dataclass(frozen=True)
class Spin:
    seconds: float

    def work(self) -> None:
        until = time.process_time() + self.seconds
        while time.process_time() < until:
            pass


@pytest.fixture
def of_its_own() -> Iterator[None]:
    """A server that no other test asks."""
    others = dict(fork_server._servers)
    fork_server._servers.clear()
    yield
    fork_server._end()
    fork_server._servers.clear()
    fork_server._servers.update(others)


def asked(variable: str = "HOME", workers: int = 1) -> list[tuple[int, int, str | None, list[str]]]:
    with Pool(workers) as pool:
        return [done.value for _, done in pool.run([Ask(variable)] * 4) if isinstance(done, Done)]


def test_workers_have_one_parent_that_has_imported_what_they_need() -> None:
    """Of workers one after the other, and of two at once."""
    answers = asked() + asked() + asked(workers=2)
    assert len({parent for _, parent, _, _ in answers}) == 1
    assert len({pid for pid, _, _, _ in answers}) >= 3
    assert os.getpid() not in {parent for _, parent, _, _ in answers}


@pytest.mark.usefixtures("of_its_own")
def test_a_worker_has_nothing_that_its_parent_happened_to_import() -> None:
    """Of its own it has what reading needs; the module of its first job comes to those after it by the server."""
    with Pool(1) as pool:
        ((_, first),) = pool.run([Spin(0)])
    assert isinstance(first, Done)
    ((_, _, _, modules),) = {answer[3][0]: answer for answer in asked()}.values()
    assert {"ingest.read", __name__} <= set(modules)
    assert "pandas" not in modules


def test_a_worker_has_the_environment_of_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("first", "second"):
        monkeypatch.setenv("SKILLS_TRIED", value)
        assert asked("SKILLS_TRIED")[0][2] == value
    monkeypatch.delenv("SKILLS_TRIED")
    assert asked("SKILLS_TRIED")[0][2] is None


@pytest.mark.usefixtures("of_its_own")
def test_another_one_takes_the_place_of_a_server_that_was_killed() -> None:
    server = asked()[0][1]
    os.kill(server, signal.SIGKILL)
    assert asked()[0][1] != server


@pytest.mark.usefixtures("of_its_own")
def test_a_process_that_was_forked_asks_a_server_of_its_own() -> None:
    server = asked()[0][1]
    pid = os.fork()
    if pid == 0:
        os._exit(asked()[0][1] == server)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert asked()[0][1] == server


@pytest.mark.usefixtures("of_its_own")
def test_what_workers_used_is_counted_with_the_process_that_asked() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Pool(1) as pool:
        list(pool.run([Spin(3)]))
    fork_server._end()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime >= 3


@pytest.mark.usefixtures("of_its_own")
def test_to_get_ready_is_not_waited_for() -> None:
    """An import takes longer than to begin it: the worker's answer comes when it is over."""
    begun = time.monotonic()
    with Pool(1) as pool:
        pool.get_ready()
        ready = time.monotonic() - begun
        list(pool.run([Spin(0)]))
    assert ready < (time.monotonic() - begun) * 0.7


def test_one_that_died_before_is_ended_without_complaint() -> None:
    ours, theirs = Pipe()
    with ours, theirs:
        died = fork_server.fork(SERVER, theirs, SERVER)
    os.kill(died.pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while _lives(died.pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert asked()  # for which the server looks after those that ended
    died.end()


@pytest.mark.parametrize("module", ["no_such_module", ".relative"])
def test_what_cannot_be_imported_costs_its_own_process_only(module: str) -> None:
    """Also where another error than that of an import refuses it: a name that begins with a dot is a `TypeError`."""
    server = asked()[0][1]
    ours, theirs = Pipe()
    with ours, theirs:
        fork_server.fork(SERVER, theirs, module).end()
    assert asked()[0][1] == server


@pytest.mark.usefixtures("of_its_own")
def test_a_machine_without_room_for_a_process_is_told_and_the_server_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no room is the fork: here the server is a thread of this process, which cannot fork."""
    ours, theirs = Pipe()
    fork_server.start(SERVER)
    server = fork_server._servers[SERVER]
    server.requests.close()
    server.requests = ours
    monkeypatch.setattr(os, "fork", full)
    with ThreadPoolExecutor(1) as thread:
        answered = thread.submit(fork_server.answer, theirs, lambda connection: None)
        for _ in range(2):
            here, there = Pipe()
            with here, there, pytest.raises(OperatorError, match=r"No process can be started \(no room\)"):
                fork_server.fork(SERVER, there, SERVER)
        server.end()
        assert answered.result(30) is None


def full() -> int:
    raise BlockingIOError(errno.EAGAIN, "no room")


BUSY = """
import threading, time
from ingest.pool import Pool
from tests.ingest.test_ingest_fork_server import Spin
pool = Pool(1)
threading.Thread(target=lambda: list(pool.run([Spin(600)])), daemon=True).start()
while not pool._workers or pool._workers[0].job is None:
    time.sleep(0.05)
process = pool._workers[0].process
print(process.pid, flush=True)
"""


@pytest.mark.parametrize("ends", [lambda process: process.kill(), lambda process: process.stdin.close()])
def test_with_a_process_end_its_workers_even_where_they_are_busy(
    ends: Callable[[subprocess.Popen[str]], None],
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY + "input()"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        worker = int(process.stdout.readline())
        server = int(Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[1])
        ends(process)
        process.wait(30)
        until = time.monotonic() + 30
        while (_lives(worker) or _lives(server)) and time.monotonic() < until:
            time.sleep(0.05)
    assert not _lives(worker)
    assert not _lives(server)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
