"""`python -m tests.metricflow_cli query --metrics counted_participations --group-by department`: dbt's `mf` over this
project, as installed but for its question at a package index whether there is a newer one.

It reads the semantic manifest that dbt left in `dbt_project/target` and the database that dbt builds by hand.
"""

from __future__ import annotations

import os

from dbt_metricflow.cli import main

from warehouse.vocabulary.project import PROJECT


class NoUpdates:
    """In place of the checker: nothing here asks anybody."""

    def check(self, name: str, version: str) -> None:
        return None


if __name__ == "__main__":
    for variable in ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR"):
        os.environ.setdefault(variable, str(PROJECT / "dbt_project"))
    os.environ["DO_NOT_TRACK"] = "1"
    main.UpdateChecker = NoUpdates
    main.cli()
