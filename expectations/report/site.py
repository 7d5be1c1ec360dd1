"""Where each page of the reports site lies and how pages link to each other. Ends at relative addresses."""

from __future__ import annotations

from urllib.parse import quote

BUREAU = "index.html"
RULES = "rules/index.html"
RULE_STYLE = "rules/style.css"
"""Shared by the pages of all rules, which are many and small."""


def department_index(department: str) -> str:
    """The department's page, from the root of the site."""
    return f"{quote(department)}/index.html"


def report(unit: str, submission_id: str, ending: str = "html") -> str:
    """A submission's report (html, json or csv), from the root of the site."""
    return f"{quote(unit)}/{quote(submission_id)}.{ending}"


def rule(code: str) -> str:
    """The page of a check, from the root of the site."""
    return f"rules/{quote(code)}.html"
