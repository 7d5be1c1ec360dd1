"""Whether a file is a correction workbook, by whatever its sender left of it.

Looks at properties, headers, sheets and the file's name; which row is which is `correction_answer`. Ends at `Claim`: a
file with one is a patch, and never read as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from ingest.layout import HEADER_ROWS
from ingest.readers.sheet import Opened
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.correction_columns import SubmissionName, submission_in


@dataclass(frozen=True)
class Claim:
    """That a file is a correction workbook. `answers`: the submissions that it names, the surest first; none where only
    its columns or its sheet 怎么改 are left."""

    answers: tuple[SubmissionName, ...]


def claim(opened: Opened, name: str) -> Claim | None:
    """What the file says of itself; its name comes last, since files are renamed.

    Args:
        name: the file's own, without folder.
    """
    cells = list(_cells(opened))
    named = [
        *_submissions(cell for cell in cells if correction_columns.is_place(cell)),
        *_submissions(text for name, text in opened.properties if name == correction_columns.MARK),
        *_submissions([PurePath(name).stem]),
    ]
    if named or _is_like_one(opened, cells):
        return Claim(tuple(dict.fromkeys(named)))
    return None


def _cells(opened: Opened) -> Iterator[str]:
    """The texts among which a header may stand."""
    for sheet in opened.sheets:
        for row in sheet.head(HEADER_ROWS):
            yield from (cell for cell in row if cell)


def _submissions(texts: Iterator[str] | list[str]) -> Iterator[SubmissionName]:
    return (named for text in texts if (named := submission_in(text)))


def _is_like_one(opened: Opened, cells: list[str]) -> bool:
    """By 原行号, 校验意见, or 处理方式 beside 情况说明 (each alone may be a sender's own), by row identities, or by the
    sheet 怎么改."""
    texts = {cell.strip() for cell in cells}
    return (
        any(correction_columns.is_place(text) or correction_columns.identified(text)[1] for text in texts)
        or correction_columns.OPINION in texts
        or {correction_columns.ACTION, correction_columns.REASON} <= texts
        or any((sheet.name or "").rpartition("/")[2] == correction_columns.HOW for sheet in opened.sheets)
    )
