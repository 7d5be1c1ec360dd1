"""Which rows under a header are data, and whether the total rows agree with them.

Where the header stands is `layout`. Ends at places and remarks; cells are taken by `table_extract`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.layout import Layout
from ingest.readers.sheet import Row
from ingest.values import numbers
from warehouse.vocabulary.contract import Dataset, Kind
from warehouse.vocabulary.submission import Remark

_S = "[\\s\u3000\u00a0]*"
"""White space as Python's and Arrow's patterns both know it."""
_COLON = "[:：]"
_BRACKET = "[(（][^)）]{0,10}[)）]"
_TOTAL = (
    rf"{_S}[本全各]?[页月期年表市区班]?{_S}(?:[小合总共]{_S}计|汇{_S}总)(?:人数|人次|金额|数)?{_S}(?:[:：(（\d].*)?"
    rf"|{_S}共{_S}\d{{1,9}}{_S}(?:人|人次|名|户|家|条|行|笔|个){_S}"
    rf"|{_S}(?:[Tt]otal|TOTAL|[Ss]ubtotal){_S}{_COLON}?{_S}"
)
_NOTE = (
    rf"{_S}(?:(?:填{_S}表{_S}人?|填{_S}报{_S}人|制{_S}表{_S}人?|审{_S}核{_S}人?|复{_S}核{_S}人?|经{_S}办{_S}人"
    rf"|(?:单位)?负{_S}责{_S}人|主管领导|分管领导|联{_S}系{_S}人|联系电话|联系方式"
    rf"|(?:填报|填表|报送|制表|打印)(?:日期|时间|单位)|单位|盖章|备{_S}注|注{_S}\d*|说{_S}明|填[表报]说明|注意事项?|数据来源)"
    rf"{_S}(?:{_BRACKET})?{_S}{_COLON}|填[表报]说明|注意事项|[(（]{_S}(?:单位)?(?:公章|盖章){_S}[)）])"
)
_EXAMPLE = (
    rf"{_S}[(（【\[]?{_S}(?:填写|填报)?(?:示例|样例|范例|例如?){_S}(?:行|数据)?{_S}(?:\d{{1,2}}{_S})?"
    rf"(?:[)）】\]{_COLON[1:-1]}，,].*)?"
)
_NOTHING = (
    rf"{_S}[(（]?{_S}(?:[本该][期月季年]度?{_S})?[确暂]?{_S}(?:无|没有)(?:可?报送|新增|发生)?(?:的)?"
    rf"(?:数据|内容|业务|情况|数据报送){_S}[)）]?{_S}。?{_S}|{_S}零报送{_S}。?{_S}"
)
"""A sender's word that there is nothing to report: 本期无数据, 零报送."""
_NOTHING_RE = re.compile(_NOTHING)
_TOTAL_RE, _NOTE_RE, _EXAMPLE_RE = (re.compile(pattern) for pattern in (_TOTAL, _NOTE, _EXAMPLE))
_SUBTOTAL = re.compile(r"\s*(?:小\s*计|本页|[Ss]ubtotal)")
_SHORT = 2
"""A row that only says that there is nothing has no more filled cells."""
_LIKE_A_HEADER = 2
"""More cells than these, and more than half of a row, that are headers are a header."""
_PREPARED = 2
"""One row without a person may be somebody's mistake, several alike are a template's."""
_TOTAL_PLACES = 4
"""A total is named in the first filled cell or in one of so many first columns."""
_COUNT = re.compile(r"\s*共?\s*(\d{1,9})\s*(?:人|人次|名|户|家|条|行|笔|个)\s*")
_SUMMED: frozenset[Kind] = frozenset({"int", "decimal", "money"})
_TOLERANCE = Decimal("0.01")


def says_nothing(text: str) -> bool:
    """Does the text say that there is nothing to report?"""
    return _NOTHING_RE.fullmatch(text.rpartition(":")[2]) is not None


@dataclass(frozen=True)
class Taken:
    """The places of the data rows in the sheet, the count of rows left out by reason, and what there is to say."""

    places: npt.NDArray[np.int64]
    left_out: dict[str, int]
    remarks: tuple[Remark, ...]


def take(layout: Layout, dataset: Dataset) -> Taken:
    """Looks at every row under the header; only rows that may be something else are looked at one by one."""
    body = [column[layout.data_at :] for column in layout.sheet.columns]
    size = layout.sheet.height - layout.data_at
    left_out = Counter("title" if _is_filled(row) else "blank" for row in layout.above)
    is_data = np.ones(size, dtype=bool)
    totals: list[int] = []
    others: list[int] = []  # rows that are the header of another table
    judge = _Judge(layout, dataset)
    first = pc.coalesce(*body) if body else pa.nulls(size, pa.string())
    blank = _mask(pc.is_null(first))
    is_data[blank] = False
    left_out["blank"] += int(blank.sum())
    for at, row in _suspects(body, first, blank, judge):
        reason = judge.reason(row)
        if reason == "other_header":
            others.append(int(layout.sheet.numbers[layout.data_at + at].as_py()))
            reason = "header"
        if reason is not None:
            is_data[at] = False
            left_out[reason] += 1
            if reason == "total":
                totals.append(at)
    left_out["blank"] += _without_prepared(layout, dataset, is_data)
    places = np.flatnonzero(is_data) + layout.data_at
    said = (*_compared(layout, dataset, is_data, totals), *_second_header(others))
    return Taken(places, {reason: count for reason, count in left_out.items() if count}, said)


def _mask(matches: pa.BooleanArray) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(matches, False).to_numpy(zero_copy_only=False), dtype=bool)


def _suspects(
    body: Sequence[pa.StringArray], first: pa.StringArray, blank: npt.NDArray[np.bool_], judge: _Judge
) -> Iterator[tuple[int, Row]]:
    """Rows that may be no data, with their place in the body: by their first texts, or for want of what data has.

    Below the first note every row is one.
    """
    note = _mask(pc.match_substring_regex(first, f"^(?:{_NOTE})"))
    suspects = note | _mask(pc.match_substring_regex(first, f"^(?:{_EXAMPLE}|{_NOTHING}|{_S})$"))
    for texts in (first, *body[:_TOTAL_PLACES]):
        suspects |= _mask(pc.match_substring_regex(texts, f"^(?:{_TOTAL})$"))
    headers = pa.array([text for _, texts in judge.header_cells for text in texts if text], pa.string())
    for texts in body[:_TOTAL_PLACES]:
        suspects |= _mask(pc.is_in(texts, value_set=headers))
    if judge.anchors:
        suspects |= _mask(pc.is_null(pc.coalesce(*(body[at] for at in judge.anchors))))
    if note.any():
        suspects[int(note.argmax()) :] = True
    places = np.flatnonzero(suspects & ~blank)
    chosen = pa.array(places)
    rows = zip(*(column.take(chosen).to_pylist() for column in body), strict=True)
    return ((int(at), list(row)) for at, row in zip(places, rows, strict=True))


def _is_filled(row: Row) -> bool:
    return any(cell and cell.strip() for cell in row)


def _header_cells(layout: Layout, at: int) -> Row:
    return [row[at] for row in layout.header]


class _Judge:
    """Tells why a row is no data, row after row: below a note, short rows are notes too."""

    def __init__(self, layout: Layout, dataset: Dataset) -> None:
        self.header_cells = [
            (column.at, _header_cells(layout, column.at)) for column in layout.columns if column.fields
        ]
        self.anchors = _anchors(layout, dataset)
        self._headers = {text for _, texts in self.header_cells for text in texts if text}
        self._ordinals = {column.at for column in layout.columns if "source_row_no" in column.fields}
        self._in_notes = False

    def reason(self, row: Row) -> str | None:
        """`blank`, `header`, `other_header`, `example`, `nothing`, `total` or `note`; null for data."""
        filled = [at for at, cell in enumerate(row) if cell and cell.strip()]
        if not filled or (len(filled) == 1 and filled[0] in self._ordinals):
            return "blank"
        texts = [cell for at in filled[:3] if (cell := row[at])]
        if _EXAMPLE_RE.fullmatch(texts[0]):
            return "example"
        if says_nothing(texts[0]) and len(filled) <= _SHORT:
            return "nothing"
        if self.header_cells and all(row[at] in cells for at, cells in self.header_cells):
            return "header"
        if sum(row[at] in self._headers for at in filled) > max(_LIKE_A_HEADER, len(filled) // 2):
            return "other_header"
        total = next((text for text in texts if _TOTAL_RE.fullmatch(text)), None)
        note = _NOTE_RE.match(texts[0])
        if not (total or note or self._in_notes):
            return None
        if self._in_notes and not total and len(filled) <= 2 < len(self.header_cells):
            return "note"
        if all((cell := row[at] or "").strip() and cell != total and not _NOTE_RE.match(cell) for at in self.anchors):
            return None
        if total:
            return "total"
        if note:
            self._in_notes = True
            return "note"
        return None


def _without_prepared(layout: Layout, dataset: Dataset, is_data: npt.NDArray[np.bool_]) -> int:
    """Takes out of `is_data` the rows at the end that a template prepared: alike but for 序号, with choices set before
    (服务类型, 证件类型) and nothing that one would have to write."""
    chosen = {
        column.at for column in layout.columns if any(dataset.field(name).kind == "code" for name in column.fields)
    }
    written = [at for at in _anchors(layout, dataset) if at not in chosen]
    ordinals = {column.at for column in layout.columns if "source_row_no" in column.fields}
    count, last = 0, None
    for at in reversed(np.flatnonzero(is_data).tolist()):
        row = [None if place in ordinals else cell for place, cell in enumerate(layout.sheet.row(layout.data_at + at))]
        if (last is not None and row != last) or not written or any((row[place] or "").strip() for place in written):
            break
        last, count = row, count + 1
    if count < _PREPARED:
        return 0
    is_data[np.flatnonzero(is_data)[-count:]] = False
    return count


def _second_header(rows: Sequence[int]) -> list[Remark]:
    """A table below with columns of its own: its rows would be read under the headers of the first."""
    return [Remark("second_header", {"row": str(row)}) for row in rows[:1]]


def _anchors(layout: Layout, dataset: Dataset) -> list[int]:
    """Columns that no data row leaves empty: the required part of the natural key, else all required."""
    keyed = {field.name for field in dataset.fields if field.required and field.is_key}
    required = {field.name for field in dataset.fields if field.required}
    for wanted in (keyed, required):
        anchors = [column.at for column in layout.columns if wanted.intersection(column.fields)]
        if anchors:
            return anchors
    return []


def _compared(layout: Layout, dataset: Dataset, is_data: npt.NDArray[np.bool_], totals: Sequence[int]) -> list[Remark]:
    """What total rows state against what the rows above them give: sums of amounts, and the number of rows.

    A total may cover the rows since the one before it (小计, 本页合计), all rows above it, or all rows of the sheet
    (where it stands first): it differs when it agrees with none. A column with a cell that is no number is not
    compared.
    """
    said: list[Remark] = []
    since = 0
    for at in totals:
        row = layout.sheet.row(layout.data_at + at)
        partial = any(cell and _SUBTOTAL.match(cell) for cell in row)
        above, whole = slice(0, at), slice(0, len(is_data))
        spans = [slice(since, at), above] if partial else [above if is_data[above].any() else whole, slice(since, at)]
        differences = [list(_differences(layout, dataset, row, is_data, covered)) for covered in spans]
        since = at
        for title, stated, counted in differences[0] if all(differences) else []:
            said.append(
                Remark(
                    "total_differs",
                    {
                        "row": str(layout.sheet.numbers[layout.data_at + at].as_py()),
                        "what": title,
                        "stated": f"{stated.normalize():f}",
                        "counted": f"{counted.normalize():f}",
                    },
                )
            )
    return said


def _differences(
    layout: Layout, dataset: Dataset, row: Row, is_data: npt.NDArray[np.bool_], covered: slice
) -> Iterator[tuple[str, Decimal, Decimal]]:
    places = pa.array(np.flatnonzero(is_data[covered]) + (covered.start + layout.data_at))
    claims = {column.at: column for column in layout.columns if column.fields}
    for at, cell in enumerate(row):
        kinds = {dataset.field(name).kind for name in claims[at].fields} if at in claims else set()
        if cell and kinds and kinds <= _SUMMED:
            stated, counted = numbers.decimal(cell), _sum(layout.sheet.columns[at].take(places))
            if stated and counted is not None and abs(counted - stated) > _TOLERANCE:
                yield f"“{claims[at].header}”", stated, counted
        elif cell and (count := _COUNT.fullmatch(cell)) and int(count[1]) != len(places):
            yield "行数", Decimal(count[1]), Decimal(len(places))


def _sum(cells: pa.StringArray) -> Decimal | None:
    """Null when a cell is no number."""
    values = [numbers.decimal(cell) for cell in cells.drop_null().to_pylist() if cell.strip()]
    return None if None in values else sum((value for value in values if value is not None), Decimal(0))
