"""The installed command line over a data root, for the end-to-end tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.pipeline import dbt_state
from warehouse.store.data_root import Root

SKILLS = Path(sys.executable).parent / "skills"
AS_OF = "2026-02-20"
MONTHS = "2025-11:2026-01"
SCALE = "0.1"
ROOMY = {"SKILLS_DBT_MEMORY": "2GB"}
"""For a run that changes nearly every mart: what a change writes stays in memory until all is committed (478 MB for one
correction of 8,700 rows), so that within the 800 MB of a house without settings it gives up half-way and builds in
full."""


@dataclass(frozen=True)
class Skills:
    """The command line over one data root."""

    root: Root

    def __call__(self, *words: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [SKILLS, *words],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"skills {' '.join(words)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [SKILLS, *words],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SKILLS_")}
        return kept | {"SKILLS_HOME": str(self.root.path), "COLUMNS": "200"}


def copy(root: Root, folder: Path) -> Root:
    """A data root of one's own with the same files, times and key, which a run carries on as it would the other."""
    target = Root(folder / "data")
    shutil.copytree(root.path, target.path, symlinks=True)
    shutil.copy2(root.key_file, target.key_file)
    if target.database.exists():
        settle(target)
    return target


def lend(database_of: Root, root: Root) -> None:
    """Lets the first run of a root begin at the working database of another one: all rows change and nothing is built
    in full, 17 s less. For tests of what comes of the marts, not of how they are built; with `ROOMY`."""
    root.database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(database_of.database, root.database)
    settle(root)


def settle(root: Root) -> None:
    """Lets the working database know where it lies now: one built for another place is built in full, 25 s."""
    with duckdb.connect(str(root.database)) as con:
        facts = dbt_state.read_key(con)
        for table in ("key", "node") if facts else ():
            con.execute(
                f"update build_state.{table} set facts = replace(facts, $before, $now)",
                {"before": facts["root"], "now": str(root.path)},
            )
