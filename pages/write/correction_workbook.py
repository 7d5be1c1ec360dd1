"""Writes a submission's correction workbook and those of its slices, in a worker process, from the bytes as sent.

Ends at `corrections/<unit>/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.read import Job
from pages import site_map
from pages.gather import correction_workbook as facts
from pages.gather.findings import Findings, listed
from pages.gather.slices import Slice
from pages.render.correction_workbook import workbook
from pages.write import files
from pages.write.files import Written
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Decision


@dataclass(frozen=True)
class CorrectionJob:
    """The workbooks of one submission to write. `sent`: the files that it was read from, oldest first."""

    root: Root
    sent: Sequence[Job]
    decision: Decision
    findings: Findings
    slices: Sequence[Slice]

    @property
    def submission_id(self) -> str:
        return self.decision.submission_id

    def work(self) -> Written:
        """The workbooks written."""
        tables = facts.tables(self.decision, self.sent)
        findings = listed(self.findings)
        unit, name = self.decision.submission.unit, self.decision.submission_id
        books = {site_map.correction_workbook(unit, name): workbook(self.decision, findings, tables)}
        for piece in self.slices:
            place = site_map.correction_workbook(unit, name, piece.name)
            books[place] = workbook(self.decision, findings, tables, piece)
        return files.write_all(self.root.path, books)
