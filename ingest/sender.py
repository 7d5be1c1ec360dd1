"""Whose file it is by what it says: 填报单位, its headings, the rows' own column of it, its name.

A file whose every word on this names another unit lies in the wrong folder; single rows of others are for the rules
(`AS001`). Which unit a file is taken for is `recognise`. Ends at units, and at the sentence that refuses one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import pyarrow.compute as pc

from ingest.feed import Feed
from ingest.layout import HEADER_ROWS, Layout
from ingest.readers.sheet import Opened, Row
from warehouse.vocabulary import period, reference
from warehouse.vocabulary.reference import normalise

SENDER_FIELD, DISTRICT_FIELD = "dept", "district"
"""The fields whose cells say who reports, where a dataset has the first."""
LEAD = "HRSS"
"""The department whose name stands on forms that all others fill in."""
_SAID = re.compile(r"(?:填报|报送|填表|上报|编报|制表)(?:单位|部门|机构)\s*(?:[(（][^)）]*[)）]\s*)?[:：]?\s*")
_CODE = re.compile(r"([A-Z]{3,4})(?:\.([A-Z0-9]+(?:-[A-Z]{2})?))?(?![A-Za-z0-9.])")
_SHORTEST = 3
"""工会 or 市总 may begin a heading that means no sender."""
_CELLS_OF_A_LINE = 2
_LONGEST = max(map(len, reference.aliases("department")))


@dataclass(frozen=True)
class Named:
    """A unit as somebody wrote it; `department` is null for a district alone (福田区…)."""

    department: str | None
    district: str | None
    text: str


def leading(text: str) -> Named | None:
    """The unit whose name or code a text begins with."""
    if (code := _CODE.match(text)) and code[1] in reference.codes("department"):
        return Named(code[1], code[2] if code[2] in reference.codes("district") else None, code[0])
    whole = normalise(text)
    if department := _begins_with("department", whole):
        return Named(reference.aliases("department")[department], None, department)
    district = _begins_with("district", whole)
    if district is None:
        return None
    rest = whole.removeprefix(district)
    department = _begins_with("department", rest) or _begins_with("department", f"区{rest}")
    code_of = reference.aliases("department").get(department) if department else None
    return Named(code_of, reference.aliases("district")[district], f"{district}{(department or '').removeprefix('区')}")


@functools.lru_cache(maxsize=10_000)
def _begins_with(code_list: str, text: str) -> str | None:
    """The longest spelling of the list that the text begins with; codes and bare numbers are none."""
    spellings = reference.aliases(code_list)
    for length in range(min(len(text), _LONGEST), 1, -1):
        start = text[:length]
        if start in spellings and not start.isascii() and (length >= _SHORTEST or code_list == "district"):
            return start
    return None


def said_by(opened: Opened, layouts: Sequence[Layout]) -> list[Named]:
    """The units that the file names as its sender: in 填报单位, in the cells of its column, at a heading's start."""
    rows = [row for layout in layouts for row in layout.above]
    if not layouts:  # 本期无数据 needs no table
        rows = [row for sheet in opened.sheets for row in sheet.head(HEADER_ROWS) if _is_short(row)]
    cells = (cell for row in rows for cell in row if cell)
    texts = [text for text, _ in groupby((*opened.notes, *cells))]  # a merged text stands in all its cells
    explicit = [*_stated(texts), *_of_rows(layouts)]
    headings = ((text, named) for text in texts if (named := leading(text)))
    # A form that the lead department issued bears its name; with a period the heading is its sender's own.
    return explicit or [
        named for text, named in headings if named.department != LEAD or named.district or period.find(text)
    ]


def _is_short(row: Row) -> bool:
    """A line above a table rather than a row of one."""
    return len({cell for cell in row if cell}) <= _CELLS_OF_A_LINE


def _stated(texts: Sequence[str]) -> Iterator[Named]:
    """填报单位：X, in one cell or in two."""
    for text, after in pairwise([*texts, ""]):
        if said := _SAID.search(text):
            named = leading(text[said.end() :] or after)
            if named:
                yield named


def _of_rows(layouts: Sequence[Layout]) -> Iterator[Named]:
    """Who reports by the rows, where all of them agree."""
    departments = _distinct(layouts, SENDER_FIELD, "department")
    if len(departments) == 1 and None not in departments:
        [department] = departments
        districts = _distinct(layouts, DISTRICT_FIELD, "district")
        district = next(iter(districts)) if len(districts) == 1 else None
        yield Named(department, district, reference.codes("department")[str(department)])


def _distinct(layouts: Sequence[Layout], field: str, code_list: str) -> set[str | None]:
    """The codes in a field's column; null for a text that is none."""
    cells = [
        pc.unique(layout.sheet.columns[column.at][layout.data_at :]).to_pylist()
        for layout in layouts
        for column in layout.columns
        if field in column.fields
    ]
    return {reference.aliases(code_list).get(normalise(cell)) for column in cells for cell in column if cell}


def misplaced(unit: str, feed: Feed | None, named: Sequence[Named]) -> str | None:
    """One sentence where all that is named is another unit than `unit`; null where the file may be its own."""
    department, _, district = unit.partition(".")
    districts = feed.districts if feed else ()
    if not named or any(_is_of(name, department, district, districts) for name in named):
        return None
    other = named[0]
    owner = other.department or department
    folder = f"{owner}.{other.district}" if other.district and (owner != department or districts) else owner
    return f"文件写明的单位是“{other.text}”，{belongs_to(folder)}"


def unit_of(unit: str, feed: Feed, named: Sequence[Named]) -> str:
    """The district unit of the department that a file in the department's folder names; else `unit`."""
    districts = dict.fromkeys(name.district for name in named if name.district in feed.districts)
    if "." in unit or len(districts) != 1:
        return unit
    return f"{unit}.{next(iter(districts))}"


def belongs_to(unit: str) -> str:
    """Whose file it is and where it is to be put."""
    return f"应由{title(unit)}报送，请放到文件夹 {unit.replace('.', '/')}。"


def title(unit: str) -> str:
    """The unit as people are told it."""
    department, _, district = unit.partition(".")
    known = reference.codes("department").get(department, department)
    return f"{known}{reference.codes('district').get(district, '')}"


def _is_of(named: Named, department: str, district: str, districts: Sequence[str]) -> bool:
    """May a file that names this unit be the department's or its district's? The department itself may send for all."""
    if named.department not in (None, department):
        return False
    return not district or named.district in (None, district) or named.district not in districts
