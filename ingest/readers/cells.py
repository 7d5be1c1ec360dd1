"""Typed cells of workbooks → the texts that a spreadsheet would show in full; merged ranges; cell references.

For the readers of workbooks; what a text means is `ingest.values`. Ends at texts.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.limits import limits
from ingest.readers.sheet import Merge, Row, Unreadable

LONGEST_EXACT = 1e15
"""From here on a workbook number has lost its last digits; it is shown as Excel shows it."""
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


def number(value: float) -> str:
    """All the digits that a workbook number has."""
    if abs(value) >= LONGEST_EXACT:
        mantissa, exponent = f"{value:.14E}".split("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
    if value.is_integer():
        return str(int(value))
    return f"{value:.15g}"


def moment(value: dt.datetime) -> str:
    """A date where the time of day is midnight, else both."""
    if value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat(" ", "seconds")


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


_TEXT: dict[type, Callable[[Any], str | None]] = {
    type(None): lambda value: None,
    str: lambda value: value or None,
    float: number,
    int: lambda value: number(float(value)),
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.date: lambda value: value.isoformat(),
    dt.datetime: moment,
    dt.time: lambda value: value.isoformat("seconds"),
    dt.timedelta: _duration,
}


def column(cells: Sequence[Any]) -> pa.StringArray:
    """One column of typed cells as texts; empty texts are null."""
    if set(map(type, cells)) == {str}:
        texts = pa.array(cells, pa.string())
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return pa.array([_TEXT[type(cell)](cell) for cell in cells], pa.string())


def place(reference: str) -> tuple[int, int]:
    """C17 → (16, 2): row and column from 0. `ValueError` for what is no reference."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(reference)
    at = 0
    for letter in match[1]:
        at = at * 26 + ord(letter) - 64
    return int(match[2]) - 1, at - 1


def fill(rows: list[Row], merged: Iterable[Merge]) -> None:
    """Writes the text of each merged range into all its cells within the sheet's rows and columns."""
    spent, sheet_width = 0, max(map(len, rows), default=0)
    for merge in merged:
        if merge.top >= len(rows) or merge.left >= len(rows[merge.top]):
            continue
        text = rows[merge.top][merge.left]
        if text is None:
            continue
        for row in rows[merge.top : merge.bottom + 1]:
            width = min(merge.right + 1, sheet_width) - merge.left
            row.extend([None] * (merge.left + width - len(row)))
            spent += width
            if spent > limits().cells:
                raise Unreadable("too_large", "合并单元格过多，无法展开，请取消合并后重新报送。")
            row[merge.left : merge.left + width] = [text] * width
