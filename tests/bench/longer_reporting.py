"""A copy of the project whose feeds report beyond the plan, for histories that are longer than it.

Reporting begins with November 2025 and ends with 2027, and what lies before is not taken: three years of files need a
later end. Each feed file of the copy names one, as any feed file may; all else is the program as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.e2e.additions import FILES, LEFT_OUT, ROOMS
from warehouse.vocabulary.project import PROJECT

_PLAN_ENDS = 2027
_LAST_OF_YEAR = {"monthly": "-12", "quarterly": "-Q4", "half-yearly": "-H2", "yearly": ""}


def copied(folder: Path, year: int) -> Path:
    """The copy, in which every feed reports until the end of that year, at least as long as the plan."""
    year = max(year, _PLAN_ENDS)
    project = folder / "project"
    for room in ROOMS:
        shutil.copytree(PROJECT / room, project / room, ignore=LEFT_OUT)
    for file in FILES:
        shutil.copy2(PROJECT / file, project / file)
    if (PROJECT / "node_modules").exists():  # the dashboard's charts
        (project / "node_modules").symlink_to(PROJECT / "node_modules")
    for feed in (project / "ingest" / "feeds").glob("*/*.yaml"):
        text = feed.read_text("utf-8")
        if "last" not in (facts := yaml.safe_load(text)):
            feed.write_text(f"{text}last: '{year}{_LAST_OF_YEAR[facts['cadence']]}'\n", "utf-8")
    return project


def ready(folder: Path, year: int) -> Path:
    """A copy as a set-up leaves a project: modules compiled and dbt's models parsed, so that no run does it first."""
    project = copied(folder, year)
    places = os.environ | {"PYTHONPATH": str(project), "SKILLS_HOME": str(folder / "none")}
    parse = "from orchestration.pipeline.dbt import manifest; manifest()"
    for words in (["-m", "compileall", "-q", *ROOMS], ["-c", parse]):
        subprocess.run([sys.executable, *words], cwd=project, env=places, check=True, stdout=subprocess.DEVNULL)
    return project
