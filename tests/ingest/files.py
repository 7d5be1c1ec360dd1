"""Small files of every kind, written as departments write them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import xlsxwriter
import xlwt

HEADERS = ("姓名", "证件号码", "班级编号", "人员类别", "实际课时", "考核结果", "是否结业")
ROW = ("张丰", "11010519491231002X", "SZ-CAB-0001", "02", "40", "1", "1")


def xlsx(
    rows: Sequence[Sequence[object]],
    *,
    sheet: str = "数据",
    more: dict[str, Sequence[Sequence[object]]] | None = None,
) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, content in {sheet: rows, **(more or {})}.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(content):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        page.write_string(at, column, value)  # write() would make a formula of "=1"
                    elif value is not None:
                        page.write(at, column, value, *([dates] if hasattr(value, "year") else []))
    return sink.getvalue()


def xls(rows: Sequence[Sequence[object]]) -> bytes:
    sink = io.BytesIO()
    book = xlwt.Workbook()
    page = book.add_sheet("数据")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(at, column, value)
    book.save(sink)
    return sink.getvalue()


def delimited(rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=delimiter).writerows(rows)
    return sink.getvalue().encode(encoding)


def records(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    return json.dumps([dict(zip(headers, row, strict=True)) for row in rows], ensure_ascii=False).encode()
