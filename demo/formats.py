"""Columns → the bytes of a file: delimited text and JSON. The same columns give the same bytes.

Not here: workbooks (`workbooks.py`), web pages and XML (`markup.py`), the cells themselves (`render.py`). Ends at
bytes.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson

from demo import markup, workbooks
from demo.dialects import Dialect
from demo.render import Column

NOTHING = "本期无数据"
_ENDINGS = {"json": "json", "csv": "csv", "tsv": "txt", "xlsx": "xlsx", "xls": "xls"}


def ending(dialect: Dialect) -> str:
    return dialect.ending or _ENDINGS[dialect.format]


def first_row(dialect: Dialect) -> int:
    """Number of the first data row as the sender sees it."""
    if dialect.format == "json":
        return 1
    if dialect.disguise:
        return markup.FIRST_ROW
    return workbooks.first_row(dialect) if dialect.format in ("xlsx", "xls") else 2


def sheet(dialect: Dialect) -> str | None:
    """The name of the sheet that holds the table."""
    if dialect.disguise:
        return markup.SHEETS[dialect.disguise]
    return workbooks.SHEET if dialect.format in ("xlsx", "xls") else None


def to_bytes(columns: list[Column], size: int, dialect: Dialect, title: str, unit: str) -> bytes:
    """One file; `title` and `unit` stand above the table where the layout has such lines."""
    if dialect.disguise:
        return markup.WRITERS[dialect.disguise](columns, size, title)
    if dialect.format == "json":
        return _json(columns, size, dialect)
    if dialect.format in ("csv", "tsv"):
        return _delimited(columns, size, dialect)
    return workbooks.WRITERS[dialect.format](columns, size, dialect, title, unit)


def _json(columns: list[Column], size: int, dialect: Dialect) -> bytes:
    headers = [column.header for column in columns]
    cells = [column.cells for column in columns]
    records = [dict(zip(headers, values, strict=True)) for values in zip(*cells, strict=True)] if size else []
    content: Any = {"code": 0, "total": size, dialect.json_key: records} if dialect.json_key else records
    if not size:
        content = {"说明": NOTHING, dialect.json_key or "data": []}
    return orjson.dumps(content)


def _delimited(columns: list[Column], size: int, dialect: Dialect) -> bytes:
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter="\t" if dialect.format == "tsv" or dialect.ending == "xls" else ",",
        lineterminator="\r\n" if dialect.encoding == "gb18030" else "\n",
    )
    writer.writerow([column.header for column in columns])
    if size:
        writer.writerows(zip(*(column.cells for column in columns), strict=True))
    return text.getvalue().encode(dialect.encoding)
