"""Writes correction workbooks in worker processes, each from the bytes as sent. Ends at `corrections/<unit>/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.report import correction, files
from ingest.pool import Pool
from ingest.read import Job
from ingest.sent import sent_tables
from orchestration import supplements
from warehouse.paths import Root
from warehouse.submission import Decision


def path(root: Root, decision: Decision) -> Path:
    """Where a decision's workbook stands; it can be sent back under its name."""
    return root.corrections / decision.submission.unit / f"{decision.submission_id}.xlsx"


def is_due(decision: Decision, warnings: int) -> bool:
    """Where rows are held that a clerk can correct, or warned about that a clerk can explain."""
    return (decision.rows.held > 0 or warnings > 0) and decision.reading.problem is None


@dataclass(frozen=True)
class Correction:
    """One workbook to write, from the files of the submission's line."""

    jobs: tuple[Job, ...]
    out: Path
    decision: Decision
    findings: Sequence[Mapping[str, Any]]

    def work(self) -> bool:
        tables = sent_tables(self.jobs, self.decision.reading.missing)
        return files.write_bytes(self.out, correction.workbook(self.decision, self.findings, tables))


def write(root: Root, pool: Pool, wanted: Sequence[tuple[Decision, Sequence[Mapping[str, Any]]]]) -> int:
    """Writes the workbooks of these decisions; how many changed. A worker that dies costs its workbook only."""
    jobs = [Correction(supplements.jobs_of(root, decision), path(root, decision), decision, findings)
            for decision, findings in wanted]
    return sum(not isinstance(done, str) and done.value for _, done in pool.run(jobs))
