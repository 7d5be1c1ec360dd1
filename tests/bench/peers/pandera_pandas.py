"""The 23 checks by pandera on pandas, all findings gathered and written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera_schema import schema
from timing import COLUMNS, KEY, told


def work(file: Path, out: Path) -> None:
    frame = pd.read_parquet(file, columns=[*KEY, *COLUMNS])
    try:
        schema(pa).validate(frame, lazy=True)
        raise SystemExit("there is something to find in every file of the comparison")
    except pa.errors.SchemaErrors as errors:
        failures = errors.failure_cases
    places = frame.loc[failures["index"].astype("int64"), list(KEY)].reset_index(drop=True)
    checks = failures["check"].replace({"not_nullable": "required"})
    places["code"] = ("TR." + failures["column"] + "." + checks).to_numpy()
    places.to_parquet(out, index=False)


if __name__ == "__main__":
    told(work)
