"""All cases of the corpus and where their files lie."""

from __future__ import annotations

from pathlib import Path

from tests.ingest.corpus import cells, hostile, kinds, rows, tables
from tests.ingest.corpus.case import Case

FILES = Path(__file__).parent / "files"
CASES: list[Case] = [*kinds.CASES, *tables.CASES, *rows.CASES, *cells.CASES, *hostile.CASES]


def sent_file(case: Case) -> Path:
    return FILES / case.name / case.file


def expected_file(case: Case) -> Path:
    return FILES / case.name / "expected.json"
