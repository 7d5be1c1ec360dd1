"""Columns → the bytes of a file: workbooks, delimited text, JSON. The same columns give the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import orjson
import xlsxwriter
import xlwt

from ingest.demo.dialects import Dialect
from ingest.demo.render import Cell, Column

FIRST_ROW = {"json": 1, "csv": 2, "tsv": 2, "xlsx": 2, "xls": 2}
"""Number of the first data row as the sender sees it, where the header stands in the first row."""
FIRST_ROW_TITLED = 4
SHEET = "Sheet1"
PREPARER = "王小明"
"""Who signs below the table."""
_MADE = dt.datetime(2025, 11, 1)
_ENDINGS = {"json": "json", "csv": "csv", "tsv": "txt", "xlsx": "xlsx", "xls": "xls"}


def ending(dialect: Dialect) -> str:
    return _ENDINGS[dialect.format]


def first_row(dialect: Dialect) -> int:
    return FIRST_ROW_TITLED if dialect.titled else FIRST_ROW[dialect.format]


def to_bytes(columns: list[Column], size: int, dialect: Dialect, title: str, unit: str) -> bytes:
    """One file; `title` and `unit` stand above the table where the layout has such lines."""
    if dialect.format == "json":
        return _json(columns, size, dialect)
    if dialect.format in ("csv", "tsv"):
        return _delimited(columns, size, dialect)
    writer = _xlsx if dialect.format == "xlsx" else _xls
    return writer(columns, size, dialect, title, unit)


def _json(columns: list[Column], size: int, dialect: Dialect) -> bytes:
    headers = [column.header for column in columns]
    cells = [column.cells for column in columns]
    records = [dict(zip(headers, values, strict=True)) for values in zip(*cells, strict=True)] if size else []
    content: Any = {"code": 0, "total": size, dialect.json_key: records} if dialect.json_key else records
    return orjson.dumps(content)


def _delimited(columns: list[Column], size: int, dialect: Dialect) -> bytes:
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter="\t" if dialect.format == "tsv" else ",",
        lineterminator="\r\n" if dialect.encoding == "gb18030" else "\n",
    )
    writer.writerow([column.header for column in columns])
    if size:
        writer.writerows(zip(*(column.cells for column in columns), strict=True))
    return text.getvalue().encode(dialect.encoding)


def _total(columns: list[Column], size: int) -> list[Cell]:
    """合计 in the first column, sums below counts and amounts that are plain numbers."""
    sums: list[Cell] = []
    for column in columns:
        numbers = [cell for cell in column.cells if isinstance(cell, float)]
        is_sum = column.field in ("attended_hours", "planned_persons", "person_count", "employees", "covered")
        sums.append(float(sum(numbers)) if is_sum and len(numbers) == size else None)
    return ["合计", *sums[1:]]


def _lines(columns: list[Column], size: int) -> list[list[Cell]]:
    """What stands below the data of a titled sheet."""
    total = [_total(columns, size)] if size else []
    return [*total, [f"填表人:{PREPARER}", None, "审核人:(签字)", None, "注:本表由系统导出后人工核对。"]]


def _xlsx(columns: list[Column], size: int, dialect: Dialect, title: str, unit: str) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": False})
    book.set_properties({"created": _MADE, "author": "", "title": ""})
    sheet = book.add_worksheet(SHEET)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True, "text_wrap": True})
    top = 0
    if dialect.titled:
        sheet.merge_range(0, 0, 0, max(1, len(columns) - 1), title, bold)
        sheet.write_string(1, 0, unit)
        top = 2
    for place, column in enumerate(columns):
        sheet.write_string(top, place, column.header, bold)
        for number, cell in enumerate(column.cells, top + 1):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell)
            elif isinstance(cell, float):
                sheet.write_number(number, place, cell)
            elif cell is not None:
                sheet.write_datetime(number, place, dt.datetime(cell.year, cell.month, cell.day), day)
    if dialect.titled:
        for number, line in enumerate(_lines(columns, size), top + 1 + size):
            sheet.write_row(number, 0, line)
    book.close()
    return buffer.getvalue()


def _xls(columns: list[Column], size: int, dialect: Dialect, title: str, unit: str) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(SHEET)
    top = 0
    if dialect.titled:
        sheet.write_merge(0, 0, 0, max(1, len(columns) - 1), title)
        sheet.write(1, 0, unit)
        top = 2
    for place, column in enumerate(columns):
        sheet.write(top, place, column.header)
        for number, cell in enumerate(column.cells, top + 1):
            if cell is not None:
                sheet.write(number, place, cell)
    if dialect.titled:
        for number, line in enumerate(_lines(columns, size), top + 1 + size):
            for place, cell in enumerate(line):
                if cell is not None:
                    sheet.write(number, place, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
