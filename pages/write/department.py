"""Writes a department's page, its facts and its certificates of acceptance, unless they were written from the same
facts already. Ends at `reports/<DEPARTMENT>/`."""

from __future__ import annotations

from pages.gather.acceptance_trend import MonthlyAcceptance
from pages.gather.department import department, told_beside
from pages.gather.sources import Sources
from pages.render.department import department_files
from pages.write import files, seals
from pages.write.seals import Book
from warehouse.vocabulary import reference

_NAME = "department"


def write(sources: Sources, code: str, digest: str, monthly_acceptance: MonthlyAcceptance, book: Book) -> int:
    """How many files changed. `digest`: its own of `gather.department.digests`; `monthly_acceptance`: of all
    departments; `book`: the department's."""
    beside = told_beside(sources, code, monthly_acceptance)
    facts = {"facts": seals.digest(reference.version(), digest, beside)}
    if book.facts(_NAME) == facts:
        return 0
    written = files.write_all(sources.root.reports, department_files(department(sources, code, monthly_acceptance)))
    book.set(_NAME, facts, written.digests)
    return written.changed
