"""Writes what each submission gets: report, correction workbook, and both again for its slices; in worker processes.

Only what was not written from the same facts already, and takes away what is no longer due.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from expectations import compiled
from ingest import correction_chain
from ingest.pool import Pool
from pages import site_map
from pages.gather import row_owners
from pages.gather.sources import Sources
from pages.gather.submission import DepartmentFindings, SubmissionFacts, SubmissionIndex, cut, submission
from pages.render.submission import confirmation_files, submission_files
from pages.write import files, seals
from pages.write.correction_workbook import CorrectionJob
from pages.write.files import Written
from pages.write.seals import Book
from warehouse.store import modes
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import reference

_FEW = 4
"""Reports that are written here sooner than a worker has started (1 s)."""


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


@dataclass(frozen=True)
class Waiting:
    """A submission whose files must be written, and the facts that its seal is to tell. `is_workbook_other`: its
    workbooks too, else they stand as they are."""

    submission: SubmissionFacts
    facts: seals.Facts
    is_workbook_other: bool = True


class Site:
    """What of all submissions must be written: what was written from other facts, or was harmed since. Pages of one
    whose held rows are lost stay as they are.

    Slices are asked for where anything else is another, and of all only when other rows tell of classes and
    institutions: they cost as much as all else together (2 s for 2,000 submissions).
    """

    def __init__(self, sources: Sources, known: SubmissionIndex) -> None:
        self._sources = sources
        self.books = {code: Book(sources.root, sources.root.reports / code) for code in reference.codes("department")}
        lost = lost_held_files(sources.root, sources.statuses)
        telling = row_owners.basis(sources.statuses)
        in_question: list[Waiting] = []
        for status in sources.statuses:
            if status.decision.submission_id not in lost:
                facts = submission(sources, known, status)
                digest = known.findings_digest(facts.decision.submission_id)
                seal = {
                    "facts": seals.digest(facts.told(digest), compiled.digest()),
                    "workbook": seals.digest(facts.workbook_told(digest), compiled.digest()),
                    "telling": telling if facts.has_workbook else "",
                }
                was = self._book(facts).facts(facts.decision.submission_id)
                if was is None or seal.items() - was.items():
                    in_question.append(Waiting(facts, seal))
        self.waiting: dict[str, list[Waiting]] = defaultdict(list)
        for facts, question in zip(
            cut(sources, [question.submission for question in in_question]), in_question, strict=True
        ):
            self._settle(facts, question.facts)

    def _settle(self, facts: SubmissionFacts, seal: seals.Facts) -> None:
        """With its slices known: whether the files must be written."""
        name, book = facts.decision.submission_id, self._book(facts)
        whole = {**seal, "slices": seals.digest([vars(piece) | {"rows": sorted(piece.rows)} for piece in facts.slices])}
        was = book.facts(name)
        if was is not None and _are_same(was, whole, "facts", "slices"):
            book.renew(name, whole)
        else:
            is_workbook_other = was is None or not _are_same(was, whole, "workbook", "slices")
            self.waiting[facts.decision.submission.department].append(Waiting(facts, whole, is_workbook_other))

    def _book(self, facts: SubmissionFacts) -> Book:
        return self.books[facts.decision.submission.department]

    def write_workbooks(self, department: str, readers: Pool) -> Iterator[None]:
        """The workbooks alone of a department's submissions of which nothing stands as written, one after the other;
        their seals know them and no page. May be left at any time."""
        root, book = self._sources.root, self.books[department]
        untold = {
            waits.submission.decision.submission_id: waits
            for waits in self.waiting.get(department, ())
            if waits.submission.has_workbook and book.facts(waits.submission.decision.submission_id) is None
        }
        if not untold:
            return
        findings = DepartmentFindings(self._sources, department)
        jobs = _corrections(
            root, [replace(waits.submission, findings=findings.of(name)) for name, waits in untold.items()]
        )
        try:
            for number, done in readers.run(jobs):
                if not isinstance(done, str):
                    name = jobs[number].submission_id
                    book.set(name, {**untold[name].facts, "facts": ""}, done.value.digests)
                yield
        finally:
            book.save()

    def write(self, department: str, readers: Pool) -> int:
        """The files of one department's submissions that wait; how many changed."""
        root, waiting = self._sources.root, self.waiting.get(department, [])
        if not waiting:
            return 0
        for unit in {waits.submission.decision.submission.unit for waits in waiting}:
            modes.make_folder(root.reports / unit)  # two workers would see each other's before it is open to others
        findings = DepartmentFindings(self._sources, department)
        whole = [
            replace(waits.submission, findings=findings.of(waits.submission.decision.submission_id))
            for waits in waiting
        ]
        others = [facts for waits, facts in zip(waiting, whole, strict=True) if waits.is_workbook_other]
        written = work(readers, [ReportJob(root, facts) for facts in whole], _corrections(root, others))
        book = self.books[department]
        for waits in waiting:
            name = waits.submission.decision.submission_id
            _clear(root, waits.submission)
            kept = {} if waits.is_workbook_other else _workbooks(root, waits.submission, book.digests(name))
            book.set(name, waits.facts, {**kept, **written[name].digests})
        return sum(part.changed for part in written.values())


def _are_same(was: seals.Facts, now: seals.Facts, *names: str) -> bool:
    return all(was.get(name) == now[name] for name in names)


def _workbooks(root: Root, facts: SubmissionFacts, digests: Mapping[Path, str]) -> dict[Path, str]:
    """Of digests of files, those of the submission's workbooks and of its slices'."""
    unit, name = facts.decision.submission.unit, facts.decision.submission_id
    parts = [None, *(piece.name for piece in facts.slices)] if facts.has_workbook else []
    places = {root.path / site_map.correction_workbook(unit, name, part) for part in parts}
    return {path: digest for path, digest in digests.items() if path in places}


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
    if len(reports) <= _FEW:
        jobs = [*longest_first]
        written = {report.submission_id: report.work() for report in reports}
    for number, done in pool.run(jobs) if jobs else ():
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
