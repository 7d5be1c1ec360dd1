"""Names and values above a header (培训机构: …, 开班日期: …) that hold for every row.

Where the header stands is `layout`. Ends at texts; `table_extract` lays them into columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ingest.headers import HeaderIndex
from ingest.layout import Layout
from ingest.readers.sheet import Row
from warehouse.vocabulary.contract import Dataset

_PAIR = re.compile(r"\s*([^:：]{1,20}?)\s*[:：]\s*(\S.*?)\s*")
_SEVERAL = re.compile(r"\s{2,}|[;；\t\n]")


@dataclass(frozen=True)
class HeadValue:
    """A value said once for all rows: the name as sent, the field, the text."""

    header: str
    field: str
    text: str


def head_values(layout: Layout, notes: Iterable[str], dataset: Dataset, index: HeaderIndex) -> list[HeadValue]:
    """What the rows above the header, or the members beside JSON records, say of fields without a column.

    The first word on a field counts. Fields with personal data are never taken: a telephone number in the head of a
    form is the preparer's.
    """
    by_field: dict[str, HeadValue] = {}
    said = _in_texts(notes) if layout.sheet.is_records else _in_rows(layout.above, index)
    for header, text in said:
        for name in index.fields(header):
            if name not in layout.fields and not dataset.field(name).restricted:
                by_field.setdefault(name, HeadValue(header, name, text))
    return list(by_field.values())


def _in_texts(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        whole = _PAIR.fullmatch(text)
        for part in [text] if whole and not _SEVERAL.search(text) else _SEVERAL.split(text):
            if match := _PAIR.fullmatch(part):
                yield match[1], match[2]


def _in_rows(rows: Sequence[Row], index: HeaderIndex) -> Iterator[tuple[str, str]]:
    """Both in one cell (班级编号：A1), or the name in one cell and the value in the next filled one."""
    for row in rows:
        filled = (cell for cell in row if cell and cell.strip())
        cells = [text for text, _ in groupby(filled)]
        yield from _in_texts(cells)
        for name, value in pairwise(cells):
            if index.fields(name) and not index.fields(value) and not _PAIR.fullmatch(value):
                yield name.strip().rstrip(":："), value.strip()
