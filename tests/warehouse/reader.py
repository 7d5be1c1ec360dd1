"""A BI tool of the tests: opens the current publication over and over until told to stop; prints what it saw."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import duckdb


def main(database: str, stop: Path) -> None:
    """Each opening sees one value in all rows of both tables: half a publication would show two or none. The last comes
    after the word to stop, however seldom a busy machine lets it read before."""
    openings, counts, values, stopped = 0, set(), set(), False
    while not stopped:
        stopped = stop.exists()
        with duckdb.connect(database, read_only=True) as con:
            read = con.execute("select distinct value from (from fct_x union all from fct_y)").fetchall()
        counts.add(len(read))
        values.update(read)
        if not openings:
            print("ready", flush=True)
        openings += 1
        time.sleep(0.2)
    print(openings, max(counts), len(values))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
