"""A data root on which commands are measured, and the one correction that is sent to it.

The corrected file has exactly 5,000 rows before and after, so that what is measured stands: a file that shrank what
stands would wait for confirmation and change nothing. Not here: what is measured, and what a command costs (`tree`).
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from tests.bench.tree import SKILLS, Cost, Mark, cost, environment
from warehouse.store import demo_mark
from warehouse.store.data_root import Root
from warehouse.vocabulary.period import Period, parse
from warehouse.vocabulary.project import PROJECT

DEPARTMENT, DATASET = "HCD", "training_record"
"""The department with the largest files: tab-separated text under the fields' own names."""
ROWS = 5000
INTAKE = ("receive", "answers", "read", "shape", "check", "commit", "compare")
"""The stages until all decisions stand."""


@dataclass(frozen=True)
class House:
    """`project`: where the program lies; a copy of it may have feeds that report longer."""

    root: Root
    project: Path = PROJECT

    def skills(self, *words: str, marks: Mapping[str, Mark] | None = None) -> Cost:
        return cost([str(SKILLS), *words], self.root.path, marks, self.project)

    @contextmanager
    def serving(self, *words: str) -> Iterator[None]:
        """While the resident process stands, from the moment that it says so."""
        process = subprocess.Popen(
            [str(SKILLS), "serve", *words],
            cwd=self.project,
            env=environment(self.root.path, self.project),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout
        try:
            said = process.stdout.readline()
            if not said.startswith("Serving"):
                raise SystemExit(f"skills serve ended: {said}{process.stdout.read()}")
            drain = threading.Thread(target=process.stdout.read)
            drain.start()
            yield
        finally:
            process.terminate()
            process.wait()

    def run(self, last: Period, marks: Mapping[str, Mark] | None = None) -> Cost:
        """A run on the twentieth of the month after."""
        return self.skills("run", "--as-of", f"{last.following}-20", marks=marks)

    def stages(self, spent: Cost) -> dict[str, dict[str, float]]:
        """Stage → wall and processor seconds and highest megabytes of the whole tree while it went on, of the last
        run."""
        stages: dict[str, dict[str, float]] = {}
        for span in json.loads((self.root.work / "stages.json").read_text("utf-8")):
            cpu, megabytes = spent.within(span["begun"], span["ended"])
            stage = stages.setdefault(span["stage"], {"wall": 0.0, "cpu": 0.0, "peak_mb": 0.0})
            stage["wall"] += span["ended"] - span["begun"]
            stage["cpu"] += cpu
            stage["peak_mb"] = max(stage["peak_mb"], megabytes)
        return stages

    def file(self, period: Period) -> Path:
        """The department's file of a month as the demo wrote it."""
        name = f"{str(period).replace('-', '')}.txt"
        return next(path for path in (self.root.inbox / DEPARTMENT).glob(f"*{DATASET}*") if path.name.endswith(name))

    def cut(self, period: Period, rows: int = ROWS) -> int:
        """Leaves so many rows in that file, before it is received; how many there are then."""
        content = _content(self.file(period))[: rows + 1]
        self._write(self.file(period), content)
        return len(content) - 1

    def correct(self, period: Period, run_of: Period, number: int = 1) -> Correction:
        """Sends the file of a month again, in time for the run of a month, with another score in every fiftieth row,
        another with each number."""
        path = self.file(period)
        content = _content(path)
        score = content[0].index("practice_score")
        for row in content[1::50]:
            row[score] = str(60 + (int(row[score] or 60) + number) % 40)
        corrected = path.with_name(f"{path.stem}_修正{number}{path.suffix}")
        sent = dt.datetime.combine(run_of.following.start.replace(day=15), dt.time(2), dt.UTC)
        told = {str(corrected.relative_to(self.root.inbox)): sent}
        demo_mark.mark(self.root, {**demo_mark.arrivals(self.root), **told})
        self._write(corrected, content)
        corrected.with_name(f"{corrected.name}.done").touch()  # whole, so that nothing waits until it is quiet
        digest = hashlib.sha256(corrected.read_bytes()).hexdigest()[:12]
        return Correction(self.root, f"{DEPARTMENT}-{DATASET}-{period}-{digest}", len(content) - 1)

    def workbook(self, period: Period, out: Path) -> None:
        """The rows of that file as a workbook."""
        with xlsxwriter.Workbook(str(out)) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(_content(self.file(period))):
                sheet.write_row(number, 0, row)

    def _write(self, path: Path, content: list[list[str]]) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t", lineterminator="\n").writerows(content)


@dataclass(frozen=True)
class Correction:
    root: Root
    submission_id: str
    rows: int

    def marks(self) -> dict[str, Mark]:
        """What is waited for after it was sent."""
        before = self._shown()
        return {
            "decision": lambda: any((self.root.decided / DATASET).glob(f"{self.submission_id}@*")),
            "report": lambda: (self.root.reports / DEPARTMENT / f"{self.submission_id}.html").exists(),
            "published": lambda: self._shown() != before,
        }

    def stands_after(self, *names: str, patience: float = 300) -> dict[str, float]:
        """Seconds from now until each of these marks stands."""
        begun = time.perf_counter()
        marks = {name: mark for name, mark in self.marks().items() if name in names}
        stood: dict[str, float] = {}
        while marks.keys() - stood.keys():
            spent = time.perf_counter() - begun
            stood |= {name: spent for name, mark in marks.items() if name not in stood and mark()}
            if spent > patience:
                raise SystemExit(f"{self.submission_id} was sent {patience:.0f} s ago, and only {stood} stands.")
            time.sleep(0.01)
        return stood

    def _shown(self) -> str:
        return str(self.root.current.readlink()) if self.root.current.is_symlink() else ""


def month(text: str) -> Period:
    """A month that is written like 2026-10."""
    period = parse(text)
    assert period and period.months == 1
    return period


def _content(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))
