"""Writes what each submission gets: report, correction workbook, and both again for its slices; in worker processes.

Only what was not written from the same facts already, and takes away what is no longer due.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from expectations import compiled
from ingest import correction_chain
from ingest.pool import Pool
from ingest.read import Job
from pages import site_map
from pages.gather import row_owners
from pages.gather.sources import Sources
from pages.gather.submission import DepartmentFindings, SubmissionFacts, SubmissionIndex, cut, submission
from pages.render.submission import confirmation_files, submission_files
from pages.write import correction_workbook, files, seals
from pages.write.files import Written
from pages.write.seals import Book
from warehouse.store import modes
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import reference

_FEW = 4
"""Reports that are written here sooner than a worker has started (1 s)."""


@dataclass(frozen=True)
class SubmissionJob:
    """The files of one submission to write: its page with those of its slices and the sheet of confirmation, unless
    they are written elsewhere, and its workbooks.

    `sent`: the files that it was read from, oldest first; without them no workbook is written.
    """

    root: Root
    facts: SubmissionFacts
    sent: Sequence[Job] = ()
    has_pages: bool = True

    @property
    def submission_id(self) -> str:
        return self.facts.decision.submission_id

    def work(self) -> Written:
        """The files written."""
        written = [correction_workbook.write(self.root, self.facts, self.sent)] if self.sent else []
        if self.has_pages:
            written.append(files.write_all(self.root.reports, submission_files(self.facts)))
            written.append(files.write_all(self.root.path, confirmation_files(self.facts)))
        return files.together(written)


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

    def write_workbooks(self, readers: Pool) -> Iterator[None]:
        """The workbooks alone of submissions of which nothing stands as written, one after the other; their seals know
        them and no page. May be left at any time."""
        untold: dict[str, list[Waiting]] = defaultdict(list)
        for waits in chain(*self.waiting.values()):
            name, department = waits.submission.decision.submission_id, waits.submission.decision.submission.department
            if waits.submission.has_workbook and self.books[department].facts(name) is None:
                untold[department].append(waits)
        facts = {waits.submission.decision.submission_id: waits.facts for waits in chain(*untold.values())}
        jobs = (replace(job, has_pages=False) for job in self._jobs(untold))
        try:
            for job, written in by_workers(readers, jobs):
                if written.digests:
                    self._book(job.facts).set(
                        job.submission_id, {**facts[job.submission_id], "facts": ""}, written.digests
                    )
                yield
        finally:
            self._save()

    def write(self, readers: Pool) -> dict[str, int]:
        """The files of all submissions that wait; department → how many changed."""
        changed = dict.fromkeys(self.books, 0)
        unsealed = {
            code: {waits.submission.decision.submission_id: waits for waits in waiting}
            for code, waiting in self.waiting.items()
        }
        is_few = sum(map(len, unsealed.values())) <= _FEW
        for job, written in _written(readers, self._jobs(self.waiting), is_few):
            code = job.facts.decision.submission.department
            self._seal(unsealed[code].pop(job.submission_id), written)
            changed[code] += written.changed
            if not unsealed[code]:
                self.books[code].save()
        self._save()
        return changed

    def _save(self) -> None:
        for book in self.books.values():
            book.save()

    def _seal(self, waits: Waiting, written: Written) -> None:
        """Its files are written: nothing that is no longer due stands beside them."""
        root, facts, book = self._sources.root, waits.submission, self._book(waits.submission)
        name = facts.decision.submission_id
        _clear(root, facts)
        kept = {} if waits.is_workbook_other else _workbooks(root, facts, book.digests(name))
        book.set(name, waits.facts, {**kept, **written.digests})

    def _jobs(self, waiting: Mapping[str, Sequence[Waiting]]) -> Iterator[SubmissionJob]:
        """A department after the other, so that no more findings are in memory; of each the longest first, so that no
        worker ends long after the other."""
        root = self._sources.root
        with_workbook = [
            waits.submission.decision
            for waits in chain(*waiting.values())
            if waits.submission.has_workbook and waits.is_workbook_other
        ]
        sent = {
            decision.submission_id: jobs
            for decision, jobs in zip(with_workbook, correction_chain.jobs_of(root, with_workbook), strict=True)
        }
        for code, of_department in waiting.items():
            for unit in {waits.submission.decision.submission.unit for waits in of_department}:
                modes.make_folder(root.reports / unit)  # two workers would see each other's before it is open to others
            findings = DepartmentFindings(self._sources, code)
            names = [waits.submission.decision.submission_id for waits in of_department]
            jobs = [
                SubmissionJob(root, replace(waits.submission, findings=findings.of(name)), sent.get(name, ()))
                for name, waits in zip(names, of_department, strict=True)
            ]
            yield from sorted(jobs, key=lambda job: -job.facts.decision.rows.received if job.sent else 0)


def _are_same(was: seals.Facts, now: seals.Facts, *names: str) -> bool:
    return all(was.get(name) == now[name] for name in names)


def _workbooks(root: Root, facts: SubmissionFacts, digests: Mapping[Path, str]) -> dict[Path, str]:
    """Of digests of files, those of the submission's workbooks and of its slices'."""
    unit, name = facts.decision.submission.unit, facts.decision.submission_id
    parts = [None, *(piece.name for piece in facts.slices)] if facts.has_workbook else []
    places = {root.path / site_map.correction_workbook(unit, name, part) for part in parts}
    return {path: digest for path, digest in digests.items() if path in places}


def _written(pool: Pool, jobs: Iterable[SubmissionJob], is_few: bool) -> Iterator[tuple[SubmissionJob, Written]]:
    """Each job with all that was written of it, as they are done. Of few, pages are written here."""
    pages: dict[str, Written] = {}
    if is_few:
        here = list(jobs)
        pages = {job.submission_id: replace(job, sent=()).work() for job in here}
        yield from ((job, pages[job.submission_id]) for job in here if not job.sent)
        jobs = [replace(job, has_pages=False) for job in here if job.sent]
    for job, written in by_workers(pool, jobs):
        yield job, files.together([pages.get(job.submission_id, Written()), written])


def by_workers(pool: Pool, jobs: Iterable[SubmissionJob]) -> Iterator[tuple[SubmissionJob, Written]]:
    """Each job with what was written of it, as they are done.

    A worker that dies costs a workbook, since it reads a sender's file; the pages are then written here, so that what
    is wrong with them is heard.
    """
    under_way: dict[int, SubmissionJob] = {}

    def asked() -> Iterator[SubmissionJob]:
        for number, job in enumerate(jobs):
            under_way[number] = job
            yield job

    for number, done in pool.run(asked()):
        job = under_way.pop(number)
        yield job, replace(job, sent=()).work() if isinstance(done, str) else done.value


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
