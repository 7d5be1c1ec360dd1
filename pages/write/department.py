"""Writes the pages of a department and of its district units, their facts and the department's certificates of
acceptance, unless they were written from the same facts already. Ends at `reports/<unit>/`."""

from __future__ import annotations

from pages.gather import correction_workbook
from pages.gather.acceptance_trend import MonthlyAcceptance
from pages.gather.department import department, of_unit, told_beside
from pages.gather.sources import Sources
from pages.render.department import department_files
from pages.write import files, seals
from pages.write.seals import Book
from warehouse.vocabulary import reference

_NAME = "department"


def write(sources: Sources, code: str, digest: str, monthly_acceptance: MonthlyAcceptance, book: Book) -> int:
    """How many files changed. `digest`: its own of `gather.department.digests`; `monthly_acceptance`: of all
    departments; `book`: the department's."""
    decisions = [status.decision for status in sources.statuses if status.decision.submission.department == code]
    standing = correction_workbook.standing(sources.root, decisions)
    beside = told_beside(sources, code, monthly_acceptance, standing)
    seal = {"facts": seals.digest(reference.version(), digest, beside)}
    if book.facts(_NAME) == seal:
        return 0
    facts = department(sources, code, monthly_acceptance, standing)
    pages = department_files(facts)
    for unit in facts.district_units:
        pages |= department_files(of_unit(sources, facts, unit))
    written = files.write_all(sources.root.reports, pages)
    book.set(_NAME, seal, written.digests)
    return written.changed
