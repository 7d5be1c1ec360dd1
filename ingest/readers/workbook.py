"""Workbooks (xlsx, xls) → cell texts as Excel would show them in full. All sheets, hidden ones too."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import python_calamine

from ingest.readers.sheet import Opened, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed
from warehouse.privacy import redact

LONGEST_EXACT = 1e15
"""From here on a workbook number has lost its last digits; it is shown as Excel shows it."""


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """Every worksheet from its first row on, so that row numbers are the workbook's own."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        sheets = tuple(_sheet(book, name) for name in book.sheet_names)
    except python_calamine.PasswordError:
        raise Unreadable("encrypted", "工作簿设有打开密码，请取消密码后重新报送。", sniffed.kind) from None
    except BaseException as error:
        # The reader is Rust: its panics are no Exception, and its messages may quote cells.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise Unreadable("damaged", "工作簿已损坏或没有传完整，请重新导出后报送。", sniffed.kind) from None
    return Opened(sniffed.kind, None, sheets)


def _sheet(book: Any, name: str) -> Sheet:
    try:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except python_calamine.WorksheetNotFound:  # a chart sheet
        rows = []
    texts = [[_TEXT[type(cell)](cell) for cell in row] for row in rows]
    return Sheet(redact(name), columns_of(texts), pa.array(range(1, len(texts) + 1), pa.int64()))  # names of sheets go on into findings


def _number(value: float) -> str:
    if abs(value) >= LONGEST_EXACT:
        mantissa, exponent = f"{value:.14E}".split("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
    if value.is_integer():
        return str(int(value))
    return f"{value:.15g}"


def _moment(value: dt.datetime) -> str:
    if value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat(" ", "seconds")


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


_TEXT: dict[type, Callable[[Any], str | None]] = {
    str: lambda value: value or None,
    float: _number,
    int: lambda value: _number(float(value)),
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.date: lambda value: value.isoformat(),
    dt.datetime: _moment,
    dt.time: lambda value: value.isoformat("seconds"),
    dt.timedelta: _duration,
}
