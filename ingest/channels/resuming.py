"""A stream over a network that goes on where it was cut, for the channels whose other side can begin at any byte.

How a channel opens at an offset and notices another version is its own. Ends at bytes.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import BinaryIO

from ingest.channels import Changed, Unreachable

TRIES = 4
"""In a row without a byte."""
_FIRST_WAIT_SECONDS = 0.25


class Resuming(io.RawIOBase):
    """`size` bytes of `open_at(offset)`, and what the other side sends beyond them, so that whoever counts notices;
    raises `Unreachable` when it is cut again and again, `Changed` where it ends early. A refusal that is not passing is
    not tried again."""

    def __init__(self, open_at: Callable[[int], AbstractContextManager[BinaryIO]], size: int) -> None:
        self._open_at = open_at
        self._size = size
        self._at = 0
        self._stack = ExitStack()
        self._stream: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; without a size all that is left."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self._piece(1 << 20), b""))
        return self._piece(size)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._piece(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def _piece(self, size: int) -> bytes:
        for tried in range(TRIES):
            try:
                piece = self._next(size)
            except Unreachable as cut:
                self._let_go()
                if not cut.is_passing or tried == TRIES - 1:
                    raise
                time.sleep(_FIRST_WAIT_SECONDS * 2**tried)
                continue
            if piece or self._at >= self._size or size == 0:
                self._at += len(piece)
                return piece
            self._let_go()  # the other side ended early, as a proxy does that hangs up
        raise Changed(f"{self._at} bytes of {self._size}")

    def _next(self, size: int) -> bytes:
        if self._stream is None:
            if self._at >= self._size:
                return b""
            self._stream = self._stack.enter_context(self._open_at(self._at))
        return self._stream.read(size)

    def _let_go(self) -> None:
        stack, self._stack, self._stream = self._stack, ExitStack(), None
        stack.close()

    def close(self) -> None:
        self._let_go()
        super().close()
