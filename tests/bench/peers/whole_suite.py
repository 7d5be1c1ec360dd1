"""All compiled checks of the dataset as the pipeline runs them: suppression, masks, tokens, accepted and held rows.

Runs in the program's environment, with the project on its path. The rows lie in memory before the clock starts, as
they do when they were shaped; what is written is the findings alone, so that they can be counted.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from timing import told

from expectations.check import Batch, check
from warehouse.vocabulary import contract, pandas_out
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.submission import FileFacts, Reading, Submission

DATASET = "training_record"


def suite(shaped: pa.Table, out: Path) -> None:
    names = sorted(pc.unique(shaped["submission_id"]).to_pylist())
    readings = [
        (Submission(DATASET, "HRSS", "HRSS", "2026-06", name.rpartition("-")[2]), Reading(FileFacts("x", name, 1)))
        for name in names
    ]
    with duckdb.connect(config={"threads": 2}) as con:
        checked = check(con, Batch(contract.dataset(DATASET), shaped, readings, Key(bytes(32))))
    pq.write_table(checked.findings, out)


if __name__ == "__main__":
    pandas_out.keep_out()  # as every command does
    rows = pq.read_table(sys.argv[1])
    told(lambda _, out: suite(rows, out))
