"""Where each page of the reports site lies and how pages link to each other. Ends at relative addresses."""

from __future__ import annotations

from urllib.parse import quote

BUREAU = "index.html"


def department_index(department: str) -> str:
    """The department's page, from the root of the site."""
    return f"{quote(department)}/index.html"


def report(unit: str, submission_id: str, ending: str = "html") -> str:
    """A submission's report (html, json or csv), from the root of the site."""
    return f"{quote(unit)}/{quote(submission_id)}.{ending}"
