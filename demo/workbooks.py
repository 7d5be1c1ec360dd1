"""Columns → workbooks with all that clerks put around a table. The same columns give the same bytes.

Not here: files that only call themselves workbooks (`markup.py`). Ends at bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from itertools import groupby
from typing import Any

import xlsxwriter
import xlwt

from demo.dialects import Dialect
from demo.render import Cell, Column

SHEET = "Sheet1"
PREPARER = "王小明"
"""Who signs below the table."""
_MADE = dt.datetime(2025, 11, 1)
_GROUPS = {
    "学员信息": ("person_name", "id_type", "id_no", "sex", "birth_date", "mobile"),
    "考核": ("exam_result", "theory_score", "practice_score"),
}
_EXPLANATION = ("填表说明", "一、本表由各科室按月填写。", "二、证件号码按文本格式填写。", "三、填好后报综合科汇总。")
_FORMATTED_ROWS = 400


def _top(dialect: Dialect) -> int:
    """Lines above the header."""
    return 2 if dialect.titled else 0


def _groups(columns: list[Column], dialect: Dialect) -> list[tuple[str | None, int, int]]:
    """Group, first and last place of columns that stand under one group; the others are groups of their own."""
    if not dialect.grouped:
        return []
    of_field = {field: group for group, fields in _GROUPS.items() for field in fields}
    group_of = [of_field.get(column.field or "") or place for place, column in enumerate(columns)]
    groups = []
    for group, run in groupby(range(len(columns)), lambda place: group_of[place]):
        places = list(run)
        groups.append((group if isinstance(group, str) else None, places[0], places[-1]))
    return groups


def first_row(dialect: Dialect) -> int:
    """Number of the first data row."""
    return _top(dialect) + (2 if dialect.grouped else 1) + 1


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


def _block(columns: list[Column], dialect: Dialect) -> tuple[list[Column], list[str]]:
    """Columns of one value only are said once above the table, where the department does so."""
    once = [column for column in columns if column.field in dialect.block and len(set(column.cells)) == 1]
    return (
        [column for column in columns if column not in once],
        [f"{column.header}：{column.cells[0]}" for column in once if column.cells[0] is not None],
    )


def _write_merged(sheet: Any, top: int, place: int, cells: list[Cell]) -> None:
    """Neighbours of one value in one merged cell."""
    at = top
    for cell, run in groupby(cells):
        length = len(list(run))
        if cell is not None and length > 1:
            sheet.merge_range(at, place, at + length - 1, place, cell)
        elif cell is not None:
            sheet.write(at, place, cell)
        at += length


def _xlsx(columns: list[Column], size: int, dialect: Dialect, title: str, unit: str) -> bytes:
    columns, said = _block(columns, dialect)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": False})
    book.set_properties({"created": _MADE, "author": "", "title": ""})
    if dialect.explained:
        explanation = book.add_worksheet("填表说明")
        explanation.write_column(0, 0, _EXPLANATION)
    sheet = book.add_worksheet(SHEET)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True, "text_wrap": True})
    top = _top(dialect)
    if dialect.titled:
        sheet.merge_range(0, 0, 0, max(1, len(columns) - 1), title, bold)
        sheet.write_row(1, 0, [unit, None, *said])
    for group, first, last in _groups(columns, dialect):
        if group is None:
            sheet.merge_range(top, first, top + 1, first, columns[first].header, bold)
        elif first == last:
            sheet.write_string(top, first, group, bold)
        else:
            sheet.merge_range(top, first, top, last, group, bold)
    grouped = {place for group, first, last in _groups(columns, dialect) if group for place in range(first, last + 1)}
    start = first_row(dialect) - 1
    for place, column in enumerate(columns):
        if place in grouped or not dialect.grouped:
            sheet.write_string(start - 1, place, column.header, bold)
        if column.field in dialect.merged:
            _write_merged(sheet, start, place, column.cells)
            continue
        for number, cell in enumerate(column.cells, start):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell)
            elif isinstance(cell, float):
                sheet.write_number(number, place, cell)
            elif cell is not None:
                sheet.write_datetime(number, place, dt.datetime(cell.year, cell.month, cell.day), day)
    if dialect.titled:
        for number, line in enumerate(_lines(columns, size), start + size):
            sheet.write_row(number, 0, line)
    if dialect.formatted_rows:
        for number in range(start + size + 4, start + size + 4 + _FORMATTED_ROWS):
            sheet.write_blank(number, 0, None, day)
    book.close()
    return buffer.getvalue()


def _xls(columns: list[Column], size: int, dialect: Dialect, title: str, unit: str) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(SHEET)
    top = _top(dialect)
    if dialect.titled:
        sheet.write_merge(0, 0, 0, max(1, len(columns) - 1), title)
        sheet.write(1, 0, unit)
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


WRITERS: dict[str, Callable[[list[Column], int, Dialect, str, str], bytes]] = {"xlsx": _xlsx, "xls": _xls}
