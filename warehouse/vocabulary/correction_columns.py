"""The sheet and the columns that a correction workbook adds to its sender's own.

For who writes it (`pages`) and who reads it back (`ingest.correction_answer`). Ends at texts.
"""

from __future__ import annotations

import re
from typing import Literal

HOW = "怎么改"
"""The sheet that says by rule what is wrong and what to do."""
OPINION, ACTION, REASON = "校验意见", "处理方式", "情况说明"
"""Columns behind the sender's own: what is wrong with the row; what the sender did about it; and why it is right."""
Action = Literal["correct", "withdraw", "explain"]
ACTIONS: dict[str, Action] = {"更正": "correct", "作废": "withdraw", "说明": "explain"}

_PLACE = re.compile(r"\s*原行号\s*[(（]\s*([A-Z][A-Z0-9.-]*-[a-z_]+-[0-9A-Z-]+-[0-9a-f]{12})\s*[)）]\s*")
_ID = re.compile(r"\b[A-Z][A-Z0-9.-]*-(?P<dataset>[a-z_]+)-(?P<period>[0-9A-Z-]+)-[0-9a-f]{12}")


def place_header(submission_id: str) -> str:
    """The header of the column that says where a row stood; it names the submission, so that the workbook is known
    by whatever of it is sent back."""
    return f"原行号（{submission_id}）"


def answered(header: str) -> str | None:
    """The submission that a header of `place_header` names; null for any other header."""
    match = _PLACE.fullmatch(header)
    return match[1] if match else None


def key_in(text: str) -> tuple[str, str] | None:
    """Dataset and period of the submission whose id stands in a text, such as the workbook's name."""
    match = _ID.search(text)
    return (match["dataset"], match["period"]) if match else None


def place(sheet: str | None, row: int) -> str:
    """Where a row stood in the file as it was first sent."""
    return str(row) if sheet is None else f"{sheet}!{row}"
