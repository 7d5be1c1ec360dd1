"""Writes correction workbooks in worker processes, each from the bytes as sent. Ends at `corrections/<unit>/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest.read import Job
from ingest.sent_tables import sent_tables
from pages.render import correction_workbook
from pages.render.slices import Slice
from pages.write import files
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Decision


def path(root: Root, decision: Decision, part: Slice | None = None) -> Path:
    """Where a decision's workbook stands, or that of a slice; it can be sent back under its name, which is another for
    every submission and slice."""
    folder, name = root.corrections / decision.submission.unit, decision.submission_id
    return folder / f"{name}.xlsx" if part is None else folder / name / f"{name}-{part.name}.xlsx"


def is_due(decision: Decision, warnings: int) -> bool:
    """Where rows are held that a clerk can correct, or warned about that a clerk can explain."""
    return (decision.rows.held > 0 or warnings > 0) and decision.reading.problem is None


@dataclass(frozen=True)
class Correction:
    """The workbooks of one submission to write, the whole and its slices, from the files of the submission's line."""

    root: Root
    jobs: tuple[Job, ...]
    decision: Decision
    findings: pa.Table
    slices: Sequence[Slice]

    def work(self) -> int:
        """How many changed."""
        tables, findings = sent_tables(self.jobs, self.decision.reading.missing), self.findings.to_pylist()
        return sum(
            files.write_bytes(
                path(self.root, self.decision, part),
                correction_workbook.workbook(self.decision, findings, tables, part),
            )
            for part in (None, *self.slices)
        )
