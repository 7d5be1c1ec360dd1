"""The sheet by which a unit says whether a submission replaces what stands: is a file one, and what does it say?

Its words are `warehouse.vocabulary.confirmation_sheet`. Whether the submission still waits is not known here. Ends at
`Answer`, or at a sentence that says what is lacking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.layout import HEADER_ROWS
from ingest.readers import Unreadable, open_file
from ingest.readers.sheet import Opened
from warehouse.vocabulary.confirmation_sheet import ANSWER, ANSWERED_BY, ANSWERS, ID, MARK, TITLE
from warehouse.vocabulary.correction_columns import SubmissionName, submission_in

UNREADABLE = "确认单读不出来；请用本系统附的确认单填写后重新送回。"


@dataclass(frozen=True)
class Answer:
    """Whether the submission replaces what stands, and who says so."""

    is_replacement: bool
    answered_by: str


@dataclass(frozen=True)
class SheetJob:
    """The reading of a sheet as it was received, in a worker."""

    path: Path

    def work(self) -> Answer | str:
        try:
            return answer(open_file(self.path.read_bytes()))
        except (OSError, Unreadable, MemoryError):
            return UNREADABLE


def asked(opened: Opened) -> SubmissionName | None:
    """The submission that the sheet is about, whatever the file is called; null where the file is no such sheet."""
    marks = [text for name, text in opened.properties if name == MARK]
    if any((sheet.name or "").strip() == TITLE for sheet in opened.sheets):
        marks += _beside(opened, ID)
    return next((named for text in marks if (named := submission_in(text))), None)


def answer(opened: Opened) -> Answer | str:
    """What is filled in, or in one Chinese sentence what is lacking."""
    answers = {text.strip() for text in _beside(opened, ANSWER)}
    people = [text.strip() for text in _beside(opened, ANSWERED_BY) if text.strip()]
    if not answers:
        return f"确认单的“{ANSWER}”没有填写；请选“是”或“否”，填写“{ANSWERED_BY}”后重新送回。"
    if len(answers) > 1 or not answers <= ANSWERS.keys():
        return f"确认单的“{ANSWER}”看不明白；请只选“是”或“否”，填写“{ANSWERED_BY}”后重新送回。"
    if not people:
        return f"确认单的“{ANSWERED_BY}”没有填写；请填写后重新送回。"
    return Answer(ANSWERS[answers.pop()], people[0])


def _beside(opened: Opened, label: str) -> Iterator[str]:
    """The first text behind a label in its row."""
    for sheet in opened.sheets:
        for row in sheet.head(HEADER_ROWS):
            cells = [cell.strip() for cell in row if cell and cell.strip()]
            if label in cells and cells.index(label) + 1 < len(cells):
                yield cells[cells.index(label) + 1]
