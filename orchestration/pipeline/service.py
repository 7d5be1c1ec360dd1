"""The resident process of a data root: everything is loaded once; it answers `skills check` and takes arrivals.

It answers on a Unix socket in the data root that its owner alone may use: a caller names a file by its path, and may
read what the process may, for both are the same person. One process stands at a root, by a lock that goes with it, so
that a socket which a killed one left is known to be nobody's. How a command asks is `resident`; ends at answers.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import queue
import selectors
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import pyarrow as pa
from filelock import FileLock, Timeout

from ingest.limits import limits
from ingest.pool import Pool
from orchestration.pipeline import arrival, check_file, mishaps, outstanding, resident, run_log
from orchestration.pipeline.run import Run
from warehouse.store import lock
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock, contract
from warehouse.vocabulary.errors import Busy, OperatorError
from warehouse.vocabulary.privacy import redact

CHECKS_AT_ONCE = 2
_REQUEST_BYTES = 2**16
_REQUEST_SECONDS = 10.0
"""A request is one line, sent at once."""
LOOK_SECONDS = 0.2
"""A look over an inbox of 2,300 files costs 8 ms."""
LONGEST_PUT_OFF = dt.timedelta(seconds=30)
"""So long pages that gather reports wait while one file after the other comes."""
RECHECK_SECONDS = 60.0
"""What changed without its folder, or failed, is tried again after so long."""

Tell = Callable[[str], None]


class Service:
    """What answers at one root. `tell`: is handed a sentence for whoever looks after the process."""

    def __init__(self, root: Root, tell: Tell, *, takes_arrivals: bool) -> None:
        self._root, self._tell = root, tell
        self._takes_arrivals = takes_arrivals
        self._program = resident.program()
        self._put_off_since: dt.datetime | None = None
        self._ended = threading.Event()
        self._readers: queue.SimpleQueue[Pool] = queue.SimpleQueue()

    def run(self) -> None:
        """Answers until the process is asked to end; what is under way is done first."""
        with self._alone(), self._listening() as listener, self._woken_by_signals() as woken:
            pools = [Pool(workers=1) for _ in range(CHECKS_AT_ONCE)]
            self._arrival_readers = Pool()
            callers = ThreadPoolExecutor(8, "caller")
            arrivals = threading.Thread(target=self._take_arrivals, name="arrivals")
            try:
                self._arrival_readers.get_ready()
                for pool in pools:
                    self._readers.put(pool)
                for dataset in contract.names():
                    check_file.get_ready(dataset)
                if self._takes_arrivals:
                    arrivals.start()
                self._tell(f"Serving {self._root.path} as process {os.getpid()}.")
                self._accept(listener, woken, callers)
            finally:
                self._ended.set()
                listener.close()
                callers.shutdown(wait=True)
                if arrivals.is_alive():
                    arrivals.join()
                for pool in (*pools, self._arrival_readers):
                    pool.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self._root.path / "serve.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise Busy(f"Another process serves {self._root.path} already.") from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        """What lies there is of a process that is gone: this one holds the lock."""
        path = self._root.path / resident.SOCKET
        path.unlink(missing_ok=True)
        with resident.address(self._root.path) as place, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(place)
            path.chmod(0o600)
            listener.listen(64)
            try:
                yield listener
            finally:
                path.unlink(missing_ok=True)

    @contextmanager
    def _woken_by_signals(self) -> Iterator[socket.socket]:
        """A socket that has something to read once the process was asked to end."""
        woken, wakes = socket.socketpair()
        wakes.setblocking(False)

        def end(number: int, frame: FrameType | None) -> None:
            self._ended.set()

        before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
        signal.set_wakeup_fd(wakes.fileno())
        try:
            yield woken
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            woken.close()
            wakes.close()

    def _accept(self, listener: socket.socket, woken: socket.socket, callers: ThreadPoolExecutor) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while not self._ended.is_set():
                ready = {key.fileobj for key, _ in selector.select()}
                if listener in ready and not self._ended.is_set():
                    connection, _ = listener.accept()
                    callers.submit(self._answer, connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # a caller that went away
            connection.settimeout(_REQUEST_SECONDS)
            try:
                answer = self._done(_request(connection))
            except Exception as error:  # the caller does it itself and is told what is wrong
                answer = {"refused": type(error).__name__}
            connection.settimeout(None)
            connection.sendall(json.dumps(answer, ensure_ascii=False).encode())

    def _done(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["program"] != self._program:
            return {"refused": "another program"}
        if request["do"] != "check":
            return {"refused": "unknown"}
        readers = self._readers.get()
        try:
            answer = check_file.answer(
                check_file.Asked(Path(request["file"]), request["dataset"], request["department"], request["period"]),
                with_json=request["with_json"],
                with_pages=request["with_pages"],
                readers=readers,
                root=self._root,
            )
        finally:
            self._readers.put(readers)
            pa.default_memory_pool().release_unused()
        return asdict(answer)

    def _take_arrivals(self) -> None:
        """Looks until the end; takes what arrived as soon as it is quiet."""
        seen: object = None
        again_at = clock.now()
        while not self._ended.wait(LOOK_SECONDS):
            now, folders = clock.now(), _folders(self._root)
            if folders == seen and now < again_at:
                continue
            try:
                is_settled = self._take(now)
            except Busy:
                is_settled = False
            except Exception as error:
                is_settled = True  # tried again after a while, or when something else comes
                self._tell(_sentence(error, self._root))
                run_log.tell(self._root, "arrivals_failed", level="error", reason=run_log.reason(error))
            seen = folders if is_settled else None
            again_at = now + dt.timedelta(seconds=RECHECK_SECONDS)

    def _take(self, now: dt.datetime) -> bool:
        """Whether nothing is left that only has to become quiet or was put off. Where somebody else decides it looks
        again later: to wait for a lock would keep the process from ending."""
        if lock.holder(self._root, "intake"):
            return False
        run = Run(self._root, clock.today(), now, is_attended=False, shared_readers=self._arrival_readers)
        if self._put_off_since or outstanding.waiting(run):
            since, folders = self._put_off_since or now, _folders(self._root)
            taken = arrival.take(run, lambda: clock.now() - since < LONGEST_PUT_OFF and _folders(self._root) != folders)
            self._put_off_since = since if taken.is_put_off else None
            self._tell(
                f"{taken.deliveries:,} deliveries received, {taken.decisions:,} submissions decided, "
                f"{taken.reports:,} files of reports written."
            )
            for sentence in taken.notes:
                self._tell(sentence)
            self._arrival_readers.close()
        return not self._put_off_since and not _is_unquiet(self._root, clock.now())


def _request(connection: socket.socket) -> dict[str, Any]:
    """One line of JSON of a caller who is the same person, or root."""
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if user not in (0, os.geteuid()):
        raise PermissionError
    line = b""
    while not line.endswith(b"\n"):
        piece = connection.recv(_REQUEST_BYTES)
        line += piece
        if not piece or len(line) > _REQUEST_BYTES:
            raise ValueError("no request")
    request = json.loads(line)
    if not isinstance(request, dict):
        raise ValueError("no request")
    return request


def _folders(root: Root) -> dict[str, int]:
    """The folders in the inbox with the time of their last change: a file that comes, goes or is renamed changes it.
    Not of the inbox itself, which each look touches (`whole_files.server_time`): files that lie in none of its folders
    are told one by one."""
    times: dict[str, int] = {}
    waiting = [root.inbox]
    while waiting:
        folder = waiting.pop()
        with suppress(OSError), os.scandir(folder) as entries:
            if folder != root.inbox:
                times[str(folder)] = folder.stat().st_mtime_ns
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif folder == root.inbox:
                    times[entry.path] = entry.stat(follow_symlinks=False).st_ctime_ns
    return times


def _is_unquiet(root: Root, now: dt.datetime) -> bool:
    """Did a file of the inbox change so lately that it is not taken yet?"""
    lately = now.timestamp() - limits().quiet_seconds - 2 * LOOK_SECONDS
    return any(time / 1e9 > lately for time in _folders(root).values())


def _sentence(error: Exception, root: Root) -> str:
    if isinstance(error, OperatorError):
        return str(error)
    return redact(mishaps.sentence(error, str(root.path)) or f"{type(error).__name__}: {error}")
