"""Processes forked from one that has already imported what they need, so that each starts in hundredths of a second.

Both sides: the process that asks (`fork`) and the one that forks (`answer`). The one that forks is started with the
first request, never by a fork of the asking process: it has nothing that its parent happened to import, and of threads
only those that libraries start at their import, which wait and hold nothing. It ends with its parent, and its processes
with it. What they do is not known here.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection, Pipe
from typing import NoReturn

from warehouse.vocabulary import collector
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT


@dataclass(frozen=True)
class Forked:
    """A process that is not this one's child; its handle (pidfd_open(2)) tells it from a later one of its number."""

    pid: int
    handle: int

    def end(self) -> None:
        """Killed, and gone when this returns."""
        with contextlib.suppress(ProcessLookupError):  # it died before, and its server has seen to it
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        gone = select.poll()
        gone.register(self.handle, select.POLLIN)
        gone.poll()
        os.close(self.handle)


class _Server:
    def __init__(self, program: str) -> None:
        self.requests, theirs = Pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", program, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=PROJECT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        self.asked_by = os.getpid()

    def fork(self, connection: Connection, needed: str | None) -> Forked:
        """`OSError`, `EOFError`: the server is dead. `OperatorError`: the machine has no room for another process."""
        self.requests.send((needed, dict(os.environ)))
        reduction.send_handle(self.requests, connection.fileno(), None)
        pid = self.requests.recv()
        if isinstance(pid, OSError):
            raise OperatorError(
                f"No process can be started ({pid.strerror}): end others on this machine and run again."
            )
        return Forked(pid, reduction.recv_handle(self.requests))

    def end(self) -> None:
        if self.asked_by == os.getpid():
            self.requests.close()
            self._process.wait()


_servers: dict[str, _Server] = {}
_lock = threading.RLock()


def start(program: str) -> None:
    """Lets the server of the module `program` import it, where that has not begun; does not wait for it."""
    with _lock:
        if program not in _servers or _servers[program].asked_by != os.getpid():
            _servers[program] = _Server(program)


def fork(program: str, connection: Connection, needed: str | None = None) -> Forked:
    """A process that runs the module `program`, serves a connection (see `answer`) and has the environment that this
    process has now.

    `needed`: a module that the server imports first, so that this process and those after it have it.
    """
    with _lock:
        start(program)
        try:
            return _servers[program].fork(connection, needed)
        except (OSError, EOFError):  # killed from outside, as for want of memory: another one takes its place
            _servers.pop(program).end()
            start(program)
            return _servers[program].fork(connection, needed)


@atexit.register
def _end() -> None:
    for server in _servers.values():
        server.end()


def answer(requests: Connection, serve: Callable[[Connection], None]) -> None:
    """The server's side: forks one process for each request, which serves the connection that came with it.

    Ends with the process that asks, and ends all that it forked.
    """
    collector.settle()
    running: set[int] = set()
    try:
        while True:
            needed, environment = requests.recv()
            connection = Connection(reduction.recv_handle(requests))
            if needed is not None:
                _import(needed)
            try:
                pid = os.fork()
            except OSError as error:  # those that run go on
                connection.close()
                requests.send(error)
                continue
            if pid == 0:
                requests.close()
                _serve(serve, connection, environment)
            connection.close()
            running = {other for other in running if os.waitpid(other, os.WNOHANG) == (0, 0)} | {pid}
            handle = os.pidfd_open(pid)
            requests.send(pid)
            reduction.send_handle(requests, handle, None)
            os.close(handle)
    except (EOFError, ConnectionError):
        pass  # the process that asks has ended
    finally:
        for pid in running:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _import(module: str) -> None:
    if module not in sys.modules:
        with contextlib.suppress(Exception):  # whatever is wrong with it, the process that needs it meets it again
            importlib.import_module(module)
        collector.settle()


def _serve(serve: Callable[[Connection], None], connection: Connection, environment: dict[str, str]) -> NoReturn:
    """In the process that was forked: nothing of the server is done after it."""
    status = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        serve(connection)
        status = 0
    finally:
        os._exit(status)
