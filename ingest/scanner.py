"""The hook at the door: a virus scanner, clamd, to which bytes are streamed while they are stored.

Where the settings name none, everything passes. What the scanner gave no verdict on is not let in: `NotScanned` says
why, and a later run tries again. What becomes of a file is `receive`. Ends at the verdict.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from ingest.limits import limits
from warehouse.store.settings import Scanner

INFECTED = "文件没有通过病毒检查，没有接收，内容也没有保存；请先查杀病毒，再重新导出并报送。"
"""The problem of what the scanner refuses."""
CONNECT_SECONDS = 5.0
VERDICT_SECONDS = 150.0
"""clamd ends a scan by itself after 120 s."""
_FOUND = re.compile(r"stream: (?P<signature>.+) FOUND")
_UNPRINTABLE = re.compile(r"[^ -~]")
_REPLY_BYTES = 4096


class NotScanned(Exception):
    """A file has no verdict. `reason`: one English sentence with what to do; `is_away`: no other file would have one
    either."""

    def __init__(self, reason: str, *, is_away: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_away = is_away


class Infected(Exception):
    """The scanner refuses a file. `signature`: by which it knows it, as legible text."""

    def __init__(self, signature: str) -> None:
        super().__init__(signature)
        self.signature = signature


class Scan:
    """The judging of one file, whose bytes are handed over in order; without a byte the scanner is not asked. Every
    method raises `NotScanned`."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._connection: socket.socket | None = None

    def feed(self, piece: bytes) -> None:
        self._send(struct.pack("!L", len(piece)) + piece)

    def end(self) -> None:
        """After the last byte: raises `Infected`."""
        if self._connection is None:
            return
        self._send(struct.pack("!L", 0))
        reply = self._reply(self._connection)
        if match := _FOUND.fullmatch(reply):
            raise Infected(_UNPRINTABLE.sub("?", match["signature"])[:100])
        if reply != "stream: OK":
            raise _unjudged(self._scanner, reply)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _send(self, content: bytes) -> None:
        """What it hangs up on it gives a reason for, before."""
        if self._connection is None:
            self._connection = _connected(self._scanner)
            content = b"zINSTREAM\0" + content
        try:
            self._connection.sendall(content)
        except TimeoutError:
            raise _silent(self._scanner) from None
        except OSError:
            raise _unjudged(self._scanner, self._reply(self._connection)) from None

    def _reply(self, connection: socket.socket) -> str:
        try:
            return _reply(connection)
        except TimeoutError:
            raise _silent(self._scanner) from None
        except OSError:
            return ""


@contextmanager
def scanning(scanner: Scanner) -> Iterator[Scan | None]:
    """The judging of one file; null where nothing is scanned."""
    if _is_told(scanner):
        with closing(Scan(scanner)) as scan:
            yield scan
    else:
        yield None


def complaint(scanner: Scanner) -> str | None:
    """Why nothing can be scanned now, with what to do; null where it can, or nothing is."""
    if not _is_told(scanner):
        return None
    reply = ""
    try:
        with _connected(scanner) as connection, suppress(OSError):
            connection.settimeout(CONNECT_SECONDS)
            connection.sendall(b"zPING\0")
            reply = _reply(connection)
    except NotScanned as away:
        return away.reason
    return (
        None if reply == "PONG" else f"What answers at {place(scanner)} is no clamd: correct scanner in the settings."
    )


def place(scanner: Scanner) -> str:
    """Where it is, as people are told."""
    return str(scanner.socket or f"{scanner.host}:{scanner.port}")


def _connected(scanner: Scanner) -> socket.socket:
    try:
        if scanner.socket is None:
            connection = socket.create_connection((scanner.host, scanner.port), CONNECT_SECONDS)
        else:
            connection = _at_socket(str(scanner.socket))
    except OSError as error:
        reason = f"cannot be reached ({error.strerror or error}): start clamd, or empty scanner."
        raise NotScanned(f"The scanner at {place(scanner)} {reason}", is_away=True) from None
    connection.settimeout(VERDICT_SECONDS)
    return connection


def _at_socket(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(CONNECT_SECONDS)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def _reply(connection: socket.socket) -> str:
    """One answer, without its end; what there is of it where the other side hangs up."""
    reply = b""
    while b"\0" not in reply and len(reply) < _REPLY_BYTES and (piece := connection.recv(_REPLY_BYTES)):
        reply += piece
    return reply.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _silent(scanner: Scanner) -> NotScanned:
    return NotScanned(
        f"The scanner at {place(scanner)} was silent for {VERDICT_SECONDS:.0f} s: look into clamd's log, restart it.",
        is_away=True,
    )


def _unjudged(scanner: Scanner, reply: str) -> NotScanned:
    if "size limit exceeded" in reply:
        return NotScanned(
            f"The scanner at {place(scanner)} takes no files of such a length: set StreamMaxLength of clamd above "
            f"{limits().file_mb} MB and restart it.",
            is_away=False,
        )
    said = _UNPRINTABLE.sub("?", reply)[:100] or "it hung up"
    return NotScanned(
        f"The scanner at {place(scanner)} gave no verdict on a file ({said}): look into clamd's log.", is_away=False
    )


def _is_told(scanner: Scanner) -> bool:
    return scanner.socket is not None or bool(scanner.host)
