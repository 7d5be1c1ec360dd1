"""Tables → bytes of every kind, by the libraries that write them, or by hand where none does."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from xlwt.CompoundDoc import XlsDoc

from tests.ingest.corpus.case import Table

MADE = dt.datetime(2026, 2, 1)
SS = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'


def xlsx(sheets: Table | Mapping[str, Table], merges: Sequence[str] = (), **options: Any) -> bytes:
    """Through xlsxwriter; texts stay texts, numbers and dates are typed. `merges` hold for the first sheet."""
    sink = io.BytesIO()
    tables = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    with xlsxwriter.Workbook(sink, {"in_memory": True, **options}) as book:
        book.set_properties({"created": MADE})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for first, (name, table) in enumerate(tables.items()):
            sheet = book.add_worksheet(name)
            for merge in merges if not first else ():
                sheet.merge_range(merge, "")
            for at, row in enumerate(table):
                for place, cell in enumerate(row):
                    if isinstance(cell, str) and cell:
                        sheet.write_string(at, place, cell)
                    elif isinstance(cell, dt.date):
                        sheet.write_datetime(at, place, dt.datetime(cell.year, cell.month, cell.day), day)
                    elif cell is not None and cell != "":
                        sheet.write(at, place, cell)
    return sink.getvalue()


def edited(table: Table, edit: Any, sheet: str = "Sheet1") -> bytes:
    """Through openpyxl, with `edit(book, sheet)` before it is saved."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in table:
        page.append([None if cell == "" else cell for cell in row])
    edit(book, page)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Members with one fixed date."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2026, 2, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return sink.getvalue()


def patched(content: bytes, part: str, *changes: tuple[str, str]) -> bytes:
    """An archive with texts of one part replaced."""
    parts = members(content)
    text = parts[part].decode()
    for old, new in changes:
        assert old in text, (part, old)
        text = text.replace(old, new)
    return zipped(parts | {part: text.encode()})


def xlsm(table: Table) -> bytes:
    parts = members(xlsx(table))
    kinds = (
        parts["[Content_Types].xml"]
        .decode()
        .replace(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
    )
    return zipped(parts | {"[Content_Types].xml": kinds.encode(), "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro"})


def xls(table: Table, merges: Sequence[tuple[int, int, int, int]] = (), hidden: Sequence[int] = ()) -> bytes:
    """BIFF 8 through xlwt."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    for top, bottom, left, right in merges:
        sheet.merge(top, bottom, left, right)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for at, row in enumerate(table):
        for place, cell in enumerate(row):
            if cell is not None and cell != "":
                sheet.write(at, place, cell, *([day] if isinstance(cell, dt.date) else []))
    for at in hidden:
        sheet.row(at).hidden = True
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def biff5(table: Table) -> bytes:
    """BIFF 5 by hand: no library writes it any more. Texts in code page 936."""

    def record(number: int, body: bytes) -> bytes:
        return struct.pack("<HH", number, len(body)) + body

    name = "Sheet1".encode("gbk")
    head = record(0x0809, struct.pack("<HHHH", 0x0500, 5, 0x0DBB, 1996)) + record(0x0042, struct.pack("<H", 936))
    bound = len(head) + 4 + 7 + len(name) + 4
    head += record(0x0085, struct.pack("<IBBB", bound, 0, 0, len(name)) + name) + record(0x000A, b"")
    body = record(0x0809, struct.pack("<HHHH", 0x0500, 0x10, 0x0DBB, 1996))
    for at, row in enumerate(table):
        for place, cell in enumerate(row):
            text = str(cell).encode("gbk")
            body += record(0x0204, struct.pack("<HHHH", at, place, 0, len(text)) + text)
    stream = head + body + record(0x000A, b"")
    sink = io.BytesIO()
    XlsDoc().save(sink, stream + b"\0" * (4096 - len(stream) % 4096))
    whole = sink.getvalue()
    old = "Workbook\0".encode("utf-16-le")
    at = whole.index(old)
    entry = "Book\0".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 10)
    return whole[:at] + entry + whole[at + 66 :]


def delimited(table: Table, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n") -> bytes:
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=delimiter, lineterminator=end).writerows(table)
    return sink.getvalue().encode(encoding)


def records(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def json_lines(table: Table) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records(table)).encode()


def html(table: Table, encoding: str = "gb18030", before: str = "") -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>\n" for row in table)
    return (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>{before}'
        f'<table border="1">{rows}</table></body></html>'
    ).encode(encoding)


def xml2003(table: Table) -> bytes:
    rows = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{escape(str(cell))}</Data></Cell>' for cell in row)
        + "</Row>\n"
        for row in table
    )
    return (
        f'<?xml version="1.0"?>\n<Workbook {SS}><Worksheet ss:Name="Sheet1"><Table>{rows}</Table></Worksheet>'
        "</Workbook>"
    ).encode()


def ods(table: Table, content: str | None = None) -> bytes:
    """OpenDocument by hand: the parts that a spreadsheet program writes."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
            if cell != ""
            else "<table:table-cell/>"
            for cell in row
        )
        + "</table:table-row>"
        for row in table
    )
    whole = (
        content
        if content is not None
        else (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
            f'<table:table table:name="Sheet1">{rows}<table:table-row table:number-rows-repeated="1048500">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
            "</office:spreadsheet></office:body></office:document-content>"
        )
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": whole.encode(),
            "styles.xml": b"<a/>",
            "META-INF/manifest.xml": b"<manifest/>",
        }
    )
