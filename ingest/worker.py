"""The program of a worker process: takes jobs from a pipe, reads, gives Arrow bytes back. Started by `pool` only."""

from __future__ import annotations

import pickle
import sys
from multiprocessing.connection import Connection

import pyarrow as pa

from ingest.read import read_job


def serve(connection: Connection) -> None:
    """Until the other side closes the pipe."""
    while True:
        try:
            job = connection.recv()
        except EOFError:
            return
        rows, reading = read_job(job)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(rows)
        connection.send_bytes(pickle.dumps(reading))
        connection.send_bytes(sink.getvalue())


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
