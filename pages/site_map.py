"""Where each page of the reports site lies and how pages link to each other, and where correction workbooks and sheets
of confirmation lie.

Ends at relative addresses; what stands there is made in `render`.
"""

from __future__ import annotations

from urllib.parse import quote

BUREAU = "index.html"
RULES = "rules/index.html"
DASHBOARD = "../published/current/dashboard/index.html"
"""The publication's own pages, beside the site in the data root."""
RULE_STYLE = "rules/style.css"
"""Shared by the pages of all rules, which are many and small."""
BUREAU_FACTS = "index.json"
BUREAU_GRID = "index.csv"
BUREAU_TARGETS = "targets.csv"
BUREAU_CALLS = "calls.csv"
"""What the bureau's page says, for programs and spreadsheets."""

STATUS = "status.html"
"""Every feed as it is decided now."""


def status_line(unit: str, dataset: str) -> str:
    """Where on the status page a unit's dataset stands."""
    return f"{unit}-{dataset}"


def unit_index(unit: str, ending: str = "html") -> str:
    """The page of a department or of one of its district units, or its facts as json or csv (what it owes), from the
    root of the site."""
    return f"{quote(unit)}/index.{ending}"


def template(unit: str, dataset: str) -> str:
    """The workbook that a department or a district unit fills in for a dataset, from the root of the site."""
    return f"{quote(unit)}/template-{quote(dataset)}.xlsx"


def beside(place: str) -> str:
    """The address of what lies in the data root beside the site, from the root of the site."""
    return f"../{quote(place)}"


def report(unit: str, submission_id: str, ending: str = "html") -> str:
    """A submission's report (html, json or csv), from the root of the site."""
    return f"{quote(unit)}/{quote(submission_id)}.{ending}"


def slice_report(unit: str, submission_id: str, name: str) -> str:
    """The part of a report that concerns one institution or district, from the root of the site."""
    return f"{quote(unit)}/{quote(submission_id)}/{quote(name)}.html"


def correction_workbook(unit: str, submission_id: str, slice_name: str | None = None) -> str:
    """The workbook to correct a submission, or that of a slice, from the data root. It can be sent back under its name,
    which is another for every submission and slice."""
    if slice_name is None:
        return f"corrections/{unit}/{submission_id}.xlsx"
    return f"corrections/{unit}/{submission_id}/{submission_id}-{slice_name}.xlsx"


def confirmation_sheet(unit: str, submission_id: str) -> str:
    """The sheet by which a unit says whether a submission replaces what stands, from the data root. It can be sent back
    under its name."""
    return f"corrections/{unit}/确认单-{submission_id}.xlsx"


def acceptance(department: str, period: str, ending: str = "html") -> str:
    """What of a department's data for a period was accepted (html, or json for its checksum), from the site's root."""
    return f"{quote(department)}/acceptance-{quote(period)}.{ending}"


def rule(code: str) -> str:
    """The page of a check, from the root of the site."""
    return f"rules/{quote(code)}.html"
