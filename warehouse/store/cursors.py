"""Asks one DuckDB several things at once: a cursor and a thread for each.

For statements that are many and know nothing of each other. DuckDB's own threads do not help there: what one small
statement reads is one piece of work for it, and two threads took the processor time of both cores for it (266 tables
laid with 11 s of processor, and 17). All cursors share the memory that the connection may take; what is not committed
on the connection they do not see. Ends at the answers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")
R = TypeVar("R")
_AT_ONCE = 2
"""They share the connection's memory: two lay a year's marts within the 150 MB that one needs, eight do not."""


def asked(connection: DuckDBPyConnection, ask: Callable[[DuckDBPyConnection, T], R], of: Iterable[T]) -> Generator[R]:
    """What `ask` answers of each, in their order and as soon as it is known; the first error is the caller's, and what
    had not begun by then is left. Who leaves early closes it, so that no thread goes on."""
    local = threading.local()
    threads = ThreadPoolExecutor(_AT_ONCE, "asked", initializer=lambda: _open(local, connection))
    try:
        yield from threads.map(lambda question: ask(local.cursor, question), of)
    finally:
        threads.shutdown(cancel_futures=True)


def _open(local: threading.local, connection: DuckDBPyConnection) -> None:
    local.cursor = connection.cursor()
