"""Writes the workbooks that departments and district units fill in, one for each of their datasets, unless they were
written from the same contracts, code lists and feeds already. Ends at `reports/<unit>/`.

Made in worker processes: 200 of them take 2 s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from expectations.versions import rules_version
from ingest import feed as feeds
from ingest.pool import Pool
from pages import site_map
from pages.render.workbook_template import template
from pages.write import files, project_files, seals
from pages.write.seals import Book
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference

_NAME = "templates"


@dataclass(frozen=True)
class TemplateJob:
    """One template to make."""

    department: str
    dataset: str
    unit: str

    @property
    def place(self) -> str:
        return site_map.template(self.unit, self.dataset)

    def work(self) -> bytes:
        return template(contract.dataset(self.dataset), feeds.find(self.department, self.dataset), unit=self.unit)


def write(root: Root, books: Mapping[str, Book], readers: Pool) -> int:
    """How many files changed. `books`: department → its book of seals."""
    facts = {"facts": seals.digest(rules_version(), reference.version(), feeds.version())}
    stale = {code: book for code, book in books.items() if book.facts(_NAME) != facts}
    if not stale:
        return 0
    workbooks = project_files.kept(_NAME, facts["facts"], lambda: _workbooks(readers))
    changed = 0
    for code, book in stale.items():
        of_department = {job.place: workbooks[job.place] for job in jobs() if job.department == code}
        written = files.write_all(root.reports, of_department)
        book.set(_NAME, facts, written.digests)
        changed += written.changed
    return changed


def jobs() -> list[TemplateJob]:
    """One for every dataset that a unit owes."""
    return [TemplateJob(feed.department, feed.dataset, unit) for feed in feeds.feeds() for unit in feed.units]


def _workbooks(readers: Pool) -> dict[str, bytes]:
    """Place in the site → workbook; what a worker died of is heard here."""
    wanted, contents = jobs(), dict[str, bytes]()
    for number, done in readers.run(wanted):
        job = wanted[number]
        contents[job.place] = job.work() if isinstance(done, str) else done.value
    return {job.place: contents[job.place] for job in wanted}
