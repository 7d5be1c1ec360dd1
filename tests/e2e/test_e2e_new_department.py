"""A department more takes one line in `departments.csv` and one feed file: demo, checks, warehouse, pages, PostgreSQL
and Dagster follow without another.

The project's rooms are copied and these two files added; the copy's own command line runs over a data root of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.warehouse import pg_server
from warehouse.published import publication
from warehouse.published.postgres import access
from warehouse.published.postgres.load import load
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference
from warehouse.vocabulary.project import PROJECT

ROOMS = ("warehouse", "ingest", "expectations", "pages", "demo", "orchestration", "dbt_project")
FILES = ("pyproject.toml", "package.json", "package-lock.json")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "data", "data.key", "target", "logs")
CODE, NAME, DATASET = "WAT", "深圳市水务局", "training_record"
LINE = f"{CODE},{NAME},市水务局,(八)\n"
FEED = "cadence: monthly\n"

ASSETS = """
import json
from orchestration import definitions
keys = definitions.defs().resolve_asset_graph().get_all_asset_keys()
print(json.dumps([key.path for key in keys]))
"""


@dataclass(frozen=True)
class Copy:
    """The project with a department more, and the data root over which it runs."""

    project: Path
    root: Root

    def python(self, code: str, *words: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SKILLS_")}
        places = {"PYTHONPATH": str(self.project), "SKILLS_HOME": str(self.root.path), "COLUMNS": "200"}
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=self.project,
            env=kept | places,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def skills(self, *words: str) -> str:
        return self.python("from orchestration.cli import main; main()", *words)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Two months of a very small demo, run once."""
    folder = tmp_path_factory.mktemp("new_department")
    project = folder / "project"
    for room in ROOMS:
        shutil.copytree(PROJECT / room, project / room, ignore=LEFT_OUT)
    for file in FILES:
        shutil.copy2(PROJECT / file, project / file)
    with (project / "warehouse/reference/departments.csv").open("a", encoding="utf-8") as departments:
        departments.write(LINE)
    feed = project / f"ingest/feeds/{CODE}/{DATASET}.yaml"
    feed.parent.mkdir()
    feed.write_text(FEED, "utf-8")
    copied = Copy(project, Root(folder / "data"))
    copied.skills("demo", "--months", "2025-11:2025-12", "--scale", "0.02")
    copied.skills("run", "--as-of", "2026-01-20")
    return copied


def test_it_sends_is_decided_and_stands_in_marts_and_pages(copy: Copy) -> None:
    assert CODE not in reference.codes("department")
    assert len(list((copy.root.inbox / CODE).iterdir())) == 2
    decisions = [
        json.loads((folder / "decision.json").read_text("utf-8"))
        for folder in (copy.root.decided / DATASET).glob(f"{CODE}-*")
    ]
    assert len(decisions) == 2
    assert sum(decision["rows"]["accepted"] for decision in decisions) > 0
    with publication.open_current(copy.root).connect() as con:
        grid = con.execute(
            "select period, state from rpt_submission_grid where unit_code = ? order by period", [CODE]
        ).fetchall()
        assert grid == [("2025-11", "on_time"), ("2025-12", "on_time"), ("2026-01", "not_due")]
        counts = {
            mart: con.execute(f"select count(*) from {mart} where department_code = ?", [CODE]).fetchall()[0][0]
            for mart in ("dim_department", "rpt_department", "fct_submission", "fct_participation")
        }
        assert counts["dim_department"] == counts["rpt_department"] == 1
        assert counts["fct_submission"] == 2
        assert counts["fct_participation"] > 0
        competent = con.execute("select count(*) from dim_class where competent_department_code = ?", [CODE]).fetchall()
        assert competent[0][0] > 0
    page = (copy.root.reports / CODE / "index.html").read_text("utf-8")
    assert NAME in page or "市水务局" in page
    assert f'href="{CODE}/index.html"' in (copy.root.reports / "index.html").read_text("utf-8")
    assert CODE in copy.skills("status")


def test_it_has_a_dagster_asset_per_feed_and_a_report(copy: Copy) -> None:
    assets = json.loads(copy.python(ASSETS))
    assert ["received", DATASET, CODE] in assets
    assert ["report", CODE] in assets


def test_it_has_a_role_that_reads_its_own_rows(copy: Copy) -> None:
    with pg_server.server() as running:
        address = pg_server.database(running)
        load(publication.open_current(copy.root), address)
        with psycopg.connect(address, autocommit=True) as con, con.transaction():
            con.execute(f"set local role {access.department_role(CODE)}")
            seen = con.execute("select distinct department_code from skills.fct_participation").fetchall()
    assert seen == [(CODE,)]
