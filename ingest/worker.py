"""The program of worker processes: each takes jobs from a pipe, does them, gives results back.

Started for `pool` only, all of them forked from one that has imported this (`fork_server`); what a job does is not
known here.
"""

from __future__ import annotations

import pickle
import resource
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import ingest.placing
import ingest.read
import ingest.readers.xlsx  # noqa: F401  the jobs to come and what most of them read, imported before the limit bites
from ingest import fork_server
from ingest.limits import MB
from ingest.pool import send
from warehouse.vocabulary import pandas_out


def serve(connection: Connection) -> None:
    """Until the other side closes the pipe."""
    while True:
        try:
            most_mb = connection.recv()
            packed = connection.recv_bytes()
        except EOFError:
            return
        # Above what the worker has by now, so that no file is refused for what was read before it.
        resource.setrlimit(resource.RLIMIT_AS, (address_space() + most_mb * MB, resource.RLIM_INFINITY))
        send(connection, pickle.loads(packed).work())


def address_space() -> int:
    """Bytes that this process has reserved (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    pandas_out.keep_out()
    fork_server.answer(Connection(int(sys.argv[1])), serve)
