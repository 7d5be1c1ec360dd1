"""Whether a file is a correction workbook, by whatever its sender left of it.

Looks at properties, headers, sheets and the file's name; which row is which is `correction_answer`. Ends at `Claim`: a
file with one is a patch, and never read as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from ingest.layout import HEADER_ROWS, Layout
from ingest.readers.sheet import Opened
from warehouse.vocabulary import correction_columns
from warehouse.vocabulary.correction_columns import SubmissionName, submission_in


@dataclass(frozen=True)
class Claim:
    """That a file is a correction workbook. `answers`: the submissions that it names, the surest first; none where only
    its columns or its sheet 怎么改 are left."""

    answers: tuple[SubmissionName, ...]


def named(opened: Opened, name: str) -> tuple[SubmissionName, ...]:
    """The submissions that the file says it answers, the surest first: by its column 原行号, its properties, and last
    its name, since files are renamed.

    Args:
        name: the file's own, without folder.
    """
    submissions = [
        *_submissions(cell for cell in _cells(opened) if correction_columns.is_place(cell)),
        *_submissions(text for name, text in opened.properties if name == correction_columns.MARK),
        *_submissions([PurePath(name).stem]),
    ]
    return tuple(dict.fromkeys(submissions))


def claim(opened: Opened, name: str, layouts: Iterable[Layout]) -> Claim | None:
    """What the file says of itself.

    Args:
        name: as `named` takes it.
        layouts: the file's tables; words are a workbook's in a header only, below it they are a sender's values.
    """
    answers = named(opened, name)
    headers = {text.strip() for layout in layouts for text in layout.header_texts}
    return Claim(answers) if answers or _is_like_one(opened, headers) else None


def _cells(opened: Opened) -> Iterator[str]:
    """The texts among which a header may stand."""
    for sheet in opened.sheets:
        for row in sheet.head(HEADER_ROWS):
            yield from (cell for cell in row if cell)


def _submissions(texts: Iterable[str]) -> Iterator[SubmissionName]:
    return (submission for text in texts if (submission := submission_in(text)))


def _is_like_one(opened: Opened, headers: set[str]) -> bool:
    """By 原行号, 校验意见, or 处理方式 beside 情况说明 (each alone may be a sender's own), by row identities, or by the
    sheet 怎么改."""
    return (
        any(correction_columns.is_place(header) for header in headers)
        or correction_columns.OPINION in headers
        or {correction_columns.ACTION, correction_columns.REASON} <= headers
        or any(correction_columns.identified(cell)[1] for cell in _cells(opened))
        or any((sheet.name or "").rpartition("/")[2] == correction_columns.HOW for sheet in opened.sheets)
    )
