"""A line to a server that fails on demand, for any protocol over TCP. Test support only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"


@dataclass
class Line:
    """`is_down`: connections are closed as they come, and those that stand are cut. `cuts`: after so many bytes from
    the server the next connections are cut, one for each number; then all goes well again."""

    target: int | Path
    port: int = 0
    is_down: bool = False
    cuts: list[int] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)

    def turn(self, *, is_down: bool, cuts: list[int]) -> None:
        self.is_down, self.cuts = is_down, list(cuts)
        if is_down:
            for connection in list(self._open):
                _end(connection)

    def serve(self, connection: socket.socket) -> None:
        if self.is_down:
            connection.close()
            return
        left = self.cuts.pop(0) if self.cuts else None
        try:
            server = _connected(self.target)
        except OSError:
            connection.close()
            return
        self._open |= {connection, server}
        back = threading.Thread(target=_carry, args=(connection, server, None), daemon=True)
        back.start()
        _carry(server, connection, left)
        back.join()
        self._open -= {connection, server}


def _connected(target: int | Path) -> socket.socket:
    if isinstance(target, int):
        return socket.create_connection((HOST, target), timeout=60)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.connect(str(target))
    return server


def _carry(source: socket.socket, target: socket.socket, left: int | None) -> None:
    """Until an end, or until so many bytes have gone."""
    with suppress(OSError):
        while piece := source.recv(65536):
            if left is not None:
                piece = piece[:left]
                left -= len(piece)
            target.sendall(piece)
            if left == 0:
                break
    _end(source)
    _end(target)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def line(target: int | Path) -> Iterator[Line]:
    """To a port of loopback or a socket of the machine; itself a port of loopback."""
    with socket.create_server((HOST, 0), backlog=128) as listening:
        new = Line(target, listening.getsockname()[1])

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=new.serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield new
        new.turn(is_down=True, cuts=[])
