"""Writes a department's page, its facts and its certificates of acceptance. Ends at `reports/<DEPARTMENT>/`."""

from __future__ import annotations

from pages.gather.acceptance_trend import MonthlyAcceptance
from pages.gather.department import department
from pages.gather.sources import Sources
from pages.render.department import department_files
from pages.write import files, seals
from pages.write.seals import Seal


def write(sources: Sources, code: str, monthly_acceptance: MonthlyAcceptance) -> int:
    """How many files changed. `monthly_acceptance`: of all departments."""
    written = files.write_all(sources.root.reports, department_files(department(sources, code, monthly_acceptance)))
    Seal(sources.root, sources.root.reports / code / seals.FOLDER / "department", seals.digest()).set(written.digests)
    return written.changed
