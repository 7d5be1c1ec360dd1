"""A server that speaks clamd's protocol, and breaks it on demand."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

MARK = b"TO-BE-REFUSED"


@dataclass
class Clamd:
    """`verdict`: what is said of a stream; by default whether it holds the mark. `hangs_up_after`: so many bytes, with
    `last_words`; `is_silent`: it never answers; `greeting`: to a ping."""

    port: int = 0
    verdict: bytes | None = None
    hangs_up_after: int | None = None
    last_words: bytes = b""
    is_silent: bool = False
    greeting: bytes = b"PONG\0"
    scanned: list[bytes] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def behave(self) -> None:
        self.verdict, self.hangs_up_after, self.is_silent, self.greeting = None, None, False, b"PONG\0"


@contextmanager
def clamd() -> Iterator[Clamd]:
    told = Clamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                if self._command() == b"zPING":
                    self.wfile.write(told.greeting)
                else:
                    self._scan()

        def _command(self) -> bytes:
            return b"".join(iter(lambda: self.rfile.read(1).rstrip(b"\0"), b""))

        def _scan(self) -> None:
            content = b""
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                content += self.rfile.read(size)
                if told.hangs_up_after is not None and len(content) > told.hangs_up_after:
                    self.wfile.write(told.last_words)
                    return
            told.scanned.append(content)
            if told.is_silent:
                told.done.wait(10)
            said = b"stream: Some.Test-1 FOUND\0" if MARK in content else b"stream: OK\0"
            self.wfile.write(said if told.verdict is None else told.verdict)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield told
        told.done.set()
        server.shutdown()
        thread.join()
