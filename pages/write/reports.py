"""Writes the reports site of a data root, subject by subject; only files that say something new.

What each subject gathers, shows and writes stands in the modules of its name. Publications, with the dashboard, are
written elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ingest.pool import Pool
from pages.gather.acceptance_trend import MONTHLY, monthly_acceptance
from pages.gather.department import digests as department_digests
from pages.gather.sources import Sources, connected, sources_stand
from pages.gather.status import StatusFacts
from pages.gather.submission import index
from pages.write import bureau, department, rules, seals, status, submission, template
from pages.write.seals import Book
from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store.data_root import Root
from warehouse.store.records import ApprovedException
from warehouse.store.standing import SubmissionStatus


@dataclass(frozen=True)
class ReportRun:
    """What the reports are written from and by whom.

    `statuses`: every decided submission; `token`: the person token of a message; `status`: the grid as it is told now,
    null where nothing is; `readers`: the worker processes;
    `stage(name, what)` times a stage. `basis`: on what they rest, the publication apart. `note` is told in a sentence
    which page was not written, and why.
    """

    root: Root
    as_of: dt.date
    statuses: Sequence[SubmissionStatus]
    exceptions: Sequence[ApprovedException]
    token: Callable[[str], str]
    readers: Pool
    stage: Callable[[str, str], AbstractContextManager[None]]
    basis: str
    note: Callable[[str], None]
    status: StatusFacts | None = None


_SITE = "site"
RULES = "rules"
"""The pages that are written before all reports of submissions."""


def is_whole(root: Root, basis: str) -> bool:
    """Whether all reports were written on this basis and over the current publication, and stand as written."""
    told = Book(root, root.reports).facts(_SITE)
    return told == _told(publication.current(root), basis) and not seals.harmed(root)


def _told(current: Publication | None, basis: str) -> seals.Facts:
    return {"facts": seals.digest(basis, current and current.publication_id)}


def workbooks(run: ReportRun) -> Iterator[None]:
    """Writes the correction workbooks of submissions of which nothing stands, by what the register says of them before
    pages are told of it; one after the other, and to be left at any time."""
    with connected(run.root, None, run.root.register) as connection:
        sources = Sources(run.root, run.as_of, run.statuses, run.exceptions, run.token, connection, None)
        site = submission.Site(sources, index(sources))
        yield from site.write_workbooks(run.readers)


def reports(run: ReportRun) -> Generator[tuple[str, int]]:
    """Writes all reports; `rules` and templates, each department, `status`, then `bureau`, with how many of its files
    changed.

    What tells of figures waits for the first publication, and all but the rules for the first register. Reports of
    submissions come before all pages that gather them: their senders wait for them.
    """
    if not sources_stand(run.root):
        with run.stage("report", "rules"):
            yield RULES, rules.write(run.root)
        run.note("Nothing has been judged yet: only the pages of the rules were written.")
        return
    current = publication.current(run.root)
    for path in submission.lost_held_files(run.root, run.statuses).values():
        run.note(
            f"The held rows {path} are gone, so the report of that submission was not written anew: restore the file "
            "from a backup."
        )
    with connected(run.root, current) as connection:
        sources = Sources(run.root, run.as_of, run.statuses, run.exceptions, run.token, connection, current)
        with run.stage("report", "submissions"):
            site = submission.Site(sources, index(sources))
            acceptance = monthly_acceptance(sources.rows(MONTHLY))
            digests = department_digests(sources)
        with run.stage("report", "rules"):
            changed = rules.write(run.root)
            changed += template.write(run.root, site.books, run.readers)
        yield RULES, changed
        with run.stage("report", "submissions"):
            changed_of = site.write(run.readers)
        for code, book in site.books.items():
            with run.stage("report", code):
                if current is not None:
                    changed_of[code] += department.write(sources, code, digests.get(code, ""), acceptance, book)
                    book.save()
            yield code, changed_of[code]
        book = Book(run.root, run.root.reports)
        if run.status is not None:
            with run.stage("report", "status"):
                changed = status.write(run.root, run.status, book)
            yield "status", changed
        if current is not None:
            with run.stage("report", "bureau"):
                changed = bureau.write(sources, current, digests, book)
            yield "bureau", changed
    if current is None:
        run.note("Nothing has been published yet: the pages of departments and bureau wait for the first publication.")
    book.set(_SITE, _told(current, run.basis), {})
    book.save()
    seals.clear_older(run.root)
