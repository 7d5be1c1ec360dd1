"""A relay on loopback between a client and a server, that cuts or stalls a conversation when told to."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal

_PIECE = 16_384


class Relay:
    """`most`: after so many bytes from the server a conversation is spoiled, which happens `times` times. `bytes_sent`
    counts those that came from the server, `conversations` those that were begun."""

    def __init__(self, server: str | int) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.most: int | None = None
        self.how: Literal["cut", "stall"] = "cut"
        self.times = 0
        self.bytes_sent = 0
        self.conversations = 0
        self._over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def spoil(self, most: int, times: int, how: Literal["cut", "stall"] = "cut") -> None:
        self.most, self.times, self.how = most, times, how

    def close(self) -> None:
        self._over.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.conversations += 1
            server = self._connected()
            asking = threading.Thread(target=self._ask, args=(client, server), daemon=True)
            asking.start()
            threading.Thread(target=self._answer, args=(server, client, asking), daemon=True).start()

    def _connected(self) -> socket.socket:
        if isinstance(self._server, int):
            return socket.create_connection(("127.0.0.1", self._server))
        new = socket.socket(socket.AF_UNIX)
        new.connect(self._server)
        return new

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(_PIECE):
                server.sendall(piece)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket, asking: threading.Thread) -> None:
        passed = 0
        with server, client, suppress(OSError):
            while piece := server.recv(_PIECE):
                passed += len(piece)
                self.bytes_sent += len(piece)
                if self.times and self.most is not None and passed > self.most:
                    self.times -= 1
                    if self.how == "stall":
                        asking.join()
                    break
                client.sendall(piece)
            # Closed alone, a socket that another thread reads from stays open.
            for side in (client, server):
                with suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)
            asking.join()
