"""Old workbooks (BIFF 5 and 8: xls, et) → sheets, with what xlrd tells of errors, merged and hidden cells.

Web pages and text called .xls are `html` and `delimited`, by `sniff`. Ends at `Opened`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import xlrd

from ingest.readers import cells
from ingest.readers.sheet import LOCKED, Merge, Opened, Row, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed
from warehouse.vocabulary.privacy import redact

_DAMAGED = "工作簿已损坏或没有传完整，请重新导出后报送。"


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """Every worksheet from its first row on, hidden ones too; of what Excel locked with its own password as well."""
    try:
        return _opened(content, sniffed)
    except xlrd.XLRDError as error:
        if "encrypted" not in str(error):
            raise Unreadable("damaged", _DAMAGED, sniffed.kind) from None
    from ingest.readers import write_protection  # 0.05 s, for few files

    inside = write_protection.opened_xls(content)
    if inside is None:
        raise Unreadable("encrypted", LOCKED, sniffed.kind)
    try:
        return _opened(inside, sniffed)
    except xlrd.XLRDError:
        raise Unreadable("damaged", _DAMAGED, sniffed.kind) from None


def _opened(content: bytes, sniffed: Sniffed) -> Opened:
    try:
        book = _book(content, True)
    except xlrd.XLRDError:
        raise
    except Exception:
        book = _book(content, False)  # formats that xlrd does not understand cost only merged and hidden cells
    sheets = tuple(_sheet(book, sheet) for sheet in book.sheets())
    return Opened(sniffed.kind, None, sheets, properties=tuple(_names(book)))


def _names(book: Any) -> Iterator[tuple[str, str]]:
    """Defined names of a text; the properties of the document are kept apart from what xlrd reads."""
    for name in book.name_obj_list:
        if name.result is not None and isinstance(name.result.value, str):
            yield name.name, name.result.value


class _Silence:
    def write(self, text: str) -> None:
        """xlrd's complaints may quote cells."""

    def flush(self) -> None:
        """Nothing is kept."""


def _book(content: bytes, with_formats: bool) -> Any:
    return xlrd.open_workbook(
        file_contents=content, formatting_info=with_formats, logfile=_Silence(), ragged_rows=True, on_demand=False
    )


def _sheet(book: Any, sheet: Any) -> Sheet:
    rows: list[Row] = []
    for at in range(sheet.nrows):
        rows.append([_text(cell, book.datemode) for cell in sheet.row(at)])
    merged = tuple(Merge(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
    cells.fill(rows, merged)
    hidden = {at + 1 for at, info in sheet.rowinfo_map.items() if info.hidden and at < len(rows) and any(rows[at])}
    columns = columns_of(rows)
    hidden_columns = sum(1 for at, info in sheet.colinfo_map.items() if info.hidden and at < len(columns))
    return Sheet(
        redact(sheet.name),
        columns,
        pa.array(np.arange(1, len(rows) + 1)),
        is_1904=book.datemode == 1,
        is_hidden=sheet.visibility != 0,
        hidden_rows=frozenset(hidden),
        hidden_columns=hidden_columns,
        merged=merged,
    )


def _text(cell: Any, datemode: int) -> str | None:
    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            return str(cell.value) or None
        case xlrd.XL_CELL_NUMBER:
            return cells.number(cell.value)
        case xlrd.XL_CELL_DATE:
            return _moment(cell.value, datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if cell.value else "FALSE"
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return None


def _moment(value: float, datemode: int) -> str:
    if value < 1:
        return (dt.datetime.min + dt.timedelta(seconds=round(value * 86_400))).time().isoformat("seconds")
    try:
        date_time = xlrd.xldate_as_datetime(value, datemode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return cells.number(value)
    return cells.moment(date_time)
