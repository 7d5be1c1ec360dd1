"""The sheet, the columns and the mark that a correction workbook adds to its sender's own.

For who writes it (`pages`) and who reads it back (`ingest`). Ends at texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

HOW = "怎么改"
"""The sheet that says by rule what is wrong and what to do."""
PLACE = "原行号"
"""The column that says which row of the submission each row is."""
OPINION, ACTION, REASON = "校验意见", "处理方式", "情况说明"
"""Columns behind the sender's own: what is wrong with the row; what the sender did about it; and why it is right."""
MARK = "skills_correction"
"""The name of the document property, and of each sheet's defined name, whose text is the submission's id. Programs keep
the property when they save under another format, and the name when a sheet is copied into another workbook."""
Action = Literal["correct", "withdraw", "explain"]
ACTIONS: dict[str, Action] = {"更正": "correct", "作废": "withdraw", "说明": "explain"}

_SUBMISSION = (
    r"(?P<unit>[A-Z]+(?:\.[A-Z0-9]+(?:-[A-Z]+)?)?)-(?P<dataset>[a-z_]+)-(?P<period>[0-9A-Z-]+)-(?P<digest>[0-9a-f]{12})"
)
_ID = re.compile(rf"(?<![A-Za-z0-9]){_SUBMISSION}(?![0-9a-f])")
_PLACE = re.compile(r"\s*原\s*行\s*号\s*(?:[(（\[【].*)?", re.DOTALL)
IDENTITY = r"\s*((?:[^\n]*!)?[0-9]+)#([0-9a-f]{12})\s*"
"""What a cell of `row_identity` looks like, as Python and Arrow both know it."""
_IDENTITY = re.compile(IDENTITY)


@dataclass(frozen=True)
class SubmissionName:
    """What a submission's id says."""

    submission_id: str
    unit: str
    dataset: str
    period: str
    digest: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.dataset, self.unit, self.period


def submission_in(text: str) -> SubmissionName | None:
    """The submission whose id stands in a text, such as the workbook's name."""
    match = _ID.search(text)
    return SubmissionName(match[0], **match.groupdict()) if match else None


def place_header(submission_id: str) -> str:
    """The header of the column that says where a row stood; it names the submission, so that the workbook is known
    by whatever of it is sent back."""
    return f"{PLACE}（{submission_id}）"


def is_place(header: str) -> bool:
    """Is it the header of `place_header`, or what somebody left of it?"""
    return _PLACE.fullmatch(header) is not None


def answered(header: str) -> str | None:
    """The submission that a header of `place_header` names; null for any other header."""
    named = submission_in(header) if is_place(header) else None
    return named.submission_id if named else None


def place(sheet: str | None, row: int) -> str:
    """Where a row stood in the file as it was first sent."""
    return str(row) if sheet is None else f"{sheet}!{row}"


def row_identity(submission_id: str, sheet: str | None, row: int) -> str:
    """The row's place and which version of which submission it is of: a cell that is known without header, workbook or
    file name, and that no spreadsheet takes for a number."""
    return f"{place(sheet, row)}#{submission_id[-12:]}"


def identified(cell: str) -> tuple[str, str | None]:
    """Place and digest of a cell of `row_identity`; without digest where it holds a place alone."""
    match = _IDENTITY.fullmatch(cell)
    return (match[1], match[2]) if match else (cell.strip(), None)
