"""The 23 checks by pandera on polars, all findings gathered and written."""

from __future__ import annotations

from pathlib import Path

import pandera.polars as pa
import polars as pl
from pandera_schema import schema
from timing import COLUMNS, KEY, told


def work(file: Path, out: Path) -> None:
    frame = pl.read_parquet(file, columns=[*KEY, *COLUMNS])
    try:
        schema(pa).validate(frame, lazy=True)
        raise SystemExit("there is something to find in every file of the comparison")
    except pa.errors.SchemaErrors as errors:
        failures = errors.failure_cases
    checks = failures["check"].replace({"not_nullable": "required"})
    places = frame[failures["index"].cast(pl.Int64)].select(KEY)
    places.with_columns(code=("TR." + failures["column"] + "." + checks)).write_parquet(out)


if __name__ == "__main__":
    told(work)
