"""The code location: every Dagster definition of `defs/`. What `skills ui`, its daemon and `skills run` load."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
