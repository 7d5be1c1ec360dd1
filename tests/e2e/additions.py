"""The worked examples of `docs/adding/` as they stand on their pages, applied to a copy of the project.

A page says how many files its example touches and shows what goes into each under a comment that names the file: new,
appended to, or before a line. What becomes of a copy with the examples is tested in `test_e2e_additions.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse.store.data_root import Root
from warehouse.vocabulary.project import PROJECT

PAGES = PROJECT / "docs" / "adding"
ROOMS = ("warehouse", "ingest", "expectations", "pages", "demo", "orchestration", "dbt_project")
FILES = ("pyproject.toml", "package.json", "package-lock.json")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "data", "data.key", "target", "logs")
EDIT = re.compile(
    r"^<!-- (?P<how>new|append|in): (?P<file>[^\s,]+)(?:, before: (?P<before>.+?))? -->\n```\w+\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Edit:
    """What an example writes into a file: whole, at its end, or before the first line that reads `before`."""

    file: str
    text: str
    is_new: bool
    before: str | None

    def apply(self, project: Path) -> None:
        path = project / self.file
        if self.is_new:
            assert not path.exists(), f"{self.file} stands already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, "utf-8")
            return
        lines = path.read_text("utf-8").splitlines(keepends=True)
        places = [place for place, line in enumerate(lines) if line.strip() == self.before]
        assert self.before is None or places, f"{self.file} has no line {self.before}"
        place = places[0] if self.before is not None else len(lines)
        path.write_text("".join([*lines[:place], self.text, *lines[place:]]), "utf-8")


def edits(page: str) -> list[Edit]:
    """The edits of a page's worked example, in the order shown."""
    return [
        Edit(match["file"], match["text"], match["how"] == "new", match["before"])
        for match in EDIT.finditer((PAGES / f"{page}.md").read_text("utf-8"))
    ]


def promised_files(page: str) -> int:
    """How many files the page says that its example touches."""
    match = re.search(r"^\*\*Files: (\d+)", (PAGES / f"{page}.md").read_text("utf-8"), re.MULTILINE)
    assert match, f"{page}.md says no number of files"
    return int(match[1])


def pages() -> Iterator[str]:
    return (path.stem for path in sorted(PAGES.glob("*.md")))


@dataclass(frozen=True)
class Copy:
    """The project with every example, and the data root over which it runs."""

    project: Path
    root: Root

    def python(self, *words: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SKILLS_")}
        places = {"PYTHONPATH": str(self.project), "SKILLS_HOME": str(self.root.path), "COLUMNS": "200"}
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.project,
            env=kept | places,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def skills(self, *words: str) -> str:
        return self.python("-c", "from orchestration.cli import main; main()", *words)


def copied(folder: Path) -> Copy:
    """A copy of the project's rooms with every example applied and the checks compiled anew; nothing has run yet."""
    project = folder / "project"
    for room in ROOMS:
        shutil.copytree(PROJECT / room, project / room, ignore=LEFT_OUT)
    for file in FILES:
        shutil.copy2(PROJECT / file, project / file)
    for page in pages():
        for edit in edits(page):
            edit.apply(project)
    copy = Copy(project, Root(folder / "data"))
    copy.python("-m", "expectations.compile")
    return copy
