"""All that a run gives out to people says it as an office does: pages, workbooks, templates, tables of the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from tests.e2e.harness import Skills
from tests.pages.report_html import Page
from tests.pages.spoken_words import SPOKEN, SPOKEN_OF_TARGETS

COMMANDS = (("status",), ("targets", "--all"), ("metrics",))
WORKBOOKS_READ = 6
"""Correction workbooks, the largest, and templates, one of each dataset: each kind has the same sheets."""


def cells(path: Path) -> str:
    """What its sheets say; hidden ones hold the spellings that are understood."""
    workbook = openpyxl.load_workbook(path, read_only=True)
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    rows = (row for sheet in sheets for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None)


def given_out(skills: Skills) -> Iterator[tuple[str, str]]:
    """What a run says to people, each thing by its place."""
    reports = skills.root.reports
    for path in sorted(reports.rglob("*.html")):
        yield path.relative_to(reports).as_posix(), Page(path.read_text("utf-8")).text
    for path in sorted(reports.rglob("*.csv")):
        yield path.relative_to(reports).as_posix(), path.read_text("utf-8-sig")
    templates = {path.name: path for path in sorted(reports.rglob("*.xlsx"))}
    workbooks = sorted(skills.root.corrections.rglob("*.xlsx"), key=lambda path: (-path.stat().st_size, path))
    for path in (*templates.values(), *workbooks[:WORKBOOKS_READ]):
        yield path.name, cells(path)
    for command in COMMANDS:
        yield " ".join(command), skills(*command).stdout


def test_no_spoken_word_is_given_out(skills: Skills) -> None:
    pattern = re.compile("|".join(SPOKEN + SPOKEN_OF_TARGETS))
    told = dict(given_out(skills))
    kinds = {Path(name).suffix for name in told}
    assert {".html", ".csv", ".xlsx", ""} <= kinds
    seen = {name: sorted(set(pattern.findall(text))) for name, text in told.items()}
    assert {name: words for name, words in seen.items() if words} == {}
