"""The 23 checks as the program has compiled them, run by its own engine, findings written.

Runs in the program's environment, with the project on its path.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from timing import CODES, told

from expectations import compiled, lookup
from expectations.bad_rows import find
from warehouse.vocabulary import pandas_out, privacy

DATASET = "training_record"


def work(file: Path, out: Path) -> None:
    checks = [check for check in compiled.load(DATASET) if check.code in CODES]
    with duckdb.connect(config={"threads": 2}) as con:
        privacy.install(con)
        lookup.install(con)
        con.execute(f"create view {DATASET} as from read_parquet('{file}')")
        codes = ", ".join(f"'{check.code}'" for check in checks)
        con.execute(f"""
            copy (select submission_id, row_index, [{codes}][check_number + 1] as code
                  from ({find(con, DATASET, checks)}))
            to '{out}' (format parquet)
        """)


if __name__ == "__main__":
    pandas_out.keep_out()  # as every command does
    told(work)
