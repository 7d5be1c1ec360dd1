"""Writes what each submission gets: report, correction workbook, and both again for its slices; in worker processes.

Only what was not written from the same facts already, and takes away what is no longer due.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from expectations import compiled
from ingest import correction_chain
from ingest.pool import Pool
from pages import site_map
from pages.gather.sources import Sources
from pages.gather.submission import DepartmentFindings, SubmissionFacts, SubmissionIndex, submission
from pages.render.submission import confirmation_files, submission_files
from pages.write import files, seals
from pages.write.correction_workbook import CorrectionJob
from pages.write.files import Written
from pages.write.seals import Seal
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus


@dataclass(frozen=True)
class ReportJob:
    """One submission's report, with the pages of its slices and the sheet of confirmation, to write."""

    root: Root
    facts: SubmissionFacts

    @property
    def submission_id(self) -> str:
        return self.facts.decision.submission_id

    def work(self) -> Written:
        """The pages and the sheet written."""
        pages = files.write_all(self.root.reports, submission_files(self.facts))
        return files.together([pages, files.write_all(self.root.path, confirmation_files(self.facts))])


def lost_held_files(root: Root, statuses: Iterable[SubmissionStatus]) -> dict[str, Path]:
    """Submission → the file of its held rows, where that is gone: its pages would tell of fewer rows than wait."""
    return {
        status.decision.submission_id: root.held_file(status.decision)
        for status in statuses
        if status.decision.rows.held and not root.held_file(status.decision).is_file()
    }


def write(sources: Sources, known: SubmissionIndex, department: str, readers: Pool) -> int:
    """The files of one department's submissions; how many changed. Pages of one whose held rows are lost stay as they
    are."""
    root = sources.root
    of_department = [status for status in sources.statuses if status.decision.submission.department == department]
    lost = lost_held_files(root, of_department)
    waiting: list[tuple[SubmissionFacts, Seal]] = []
    for status in of_department:
        if status.decision.submission_id not in lost:
            facts = submission(sources, known, status)
            seal = _seal(root, facts, known.findings_digest(facts.decision.submission_id))
            if not seal.holds:
                waiting.append((facts, seal))
    if not waiting:
        return 0
    findings = DepartmentFindings(sources, department)
    whole = [replace(facts, findings=findings.of(facts.decision.submission_id)) for facts, _ in waiting]
    written = work(readers, [ReportJob(root, facts) for facts in whole], _corrections(root, whole))
    for facts, seal in waiting:
        _clear(root, facts)
        seal.set(written[facts.decision.submission_id].digests)
    return sum(part.changed for part in written.values())


def _seal(root: Root, facts: SubmissionFacts, findings_digest: str) -> Seal:
    """A decision never changes, so its folder and checksums stand for it; the findings have a digest already."""
    decision = facts.decision
    shown: dict[str, Any] = {field.name: getattr(facts, field.name) for field in fields(facts)}
    shown["findings"] = findings_digest
    shown["decision"] = [decision.folder_name, decision.checksums]
    shown["slices"] = [vars(piece) | {"rows": sorted(piece.rows)} for piece in facts.slices]
    path = root.reports / decision.submission.unit / seals.FOLDER / decision.submission_id
    return Seal(root, path, seals.digest(shown, compiled.digest()))


def _corrections(root: Root, facts: Sequence[SubmissionFacts]) -> list[CorrectionJob]:
    to_correct = [submission for submission in facts if submission.has_workbook]
    sent = correction_chain.jobs_of(root, [submission.decision for submission in to_correct])
    return [
        CorrectionJob(root, chain, submission.decision, submission.findings, submission.slices)
        for submission, chain in zip(to_correct, sent, strict=True)
    ]


def work(pool: Pool, reports: Sequence[ReportJob], corrections: Sequence[CorrectionJob]) -> dict[str, Written]:
    """Does the jobs in the pool's workers; submission → what was written of it.

    A worker that dies costs a workbook, since it reads a sender's file; a report is then written here, so that what
    is wrong with it is heard.
    """
    # The longest first, so that no worker ends long after the other.
    longest_first = sorted(corrections, key=lambda job: -job.decision.rows.received)
    jobs: list[ReportJob | CorrectionJob] = [*longest_first, *reports]
    written: dict[str, Written] = {}
    for number, done in pool.run(jobs):
        job = jobs[number]
        if not isinstance(done, str):
            part = done.value
        elif isinstance(job, ReportJob):
            part = job.work()
        else:
            continue
        written[job.submission_id] = files.together([written.get(job.submission_id, Written()), part])
    return written


def _clear(root: Root, facts: SubmissionFacts) -> None:
    """Takes away the workbooks, slices and sheets of an earlier time that are no longer due."""
    unit, name = facts.decision.submission.unit, facts.decision.submission_id
    if not facts.has_workbook:
        (root.path / site_map.correction_workbook(unit, name)).unlink(missing_ok=True)
    if facts.awaited is None:
        (root.path / site_map.confirmation_sheet(unit, name)).unlink(missing_ok=True)
    pages = {root.reports / site_map.slice_report(unit, name, piece.name) for piece in facts.slices}
    books = {root.path / site_map.correction_workbook(unit, name, piece.name) for piece in facts.slices}
    for folder in (root.reports / unit / name, root.corrections / unit / name):
        if not folder.is_dir():
            continue
        for path in folder.glob("*"):
            if path not in pages | books:
                path.unlink()
        if not facts.slices:
            shutil.rmtree(folder)
