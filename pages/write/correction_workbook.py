"""Writes a submission's correction workbook and those of its slices, from the bytes as sent; for a worker process.

Ends at `corrections/<unit>/`.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.read import Job
from pages import site_map
from pages.gather import correction_workbook as facts
from pages.gather.findings import listed
from pages.gather.submission import SubmissionFacts
from pages.render.correction_workbook import rows_shown, workbook
from pages.write import files
from pages.write.files import Written
from warehouse.store.data_root import Root


def write(root: Root, submission: SubmissionFacts, sent: Sequence[Job]) -> Written:
    """`sent`: the files that it was read from, oldest first."""
    decision = submission.decision
    findings = listed(submission.findings)
    tables = facts.tables(decision, sent, rows_shown(decision, findings))
    books = {}
    for piece in (None, *submission.slices):
        place = site_map.correction_workbook(
            decision.submission.unit, decision.submission_id, piece.name if piece else None
        )
        books[place] = workbook(decision, findings, tables, piece)
    return files.write_all(root.path, books)
