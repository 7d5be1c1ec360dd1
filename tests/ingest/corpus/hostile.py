"""Files that would do harm, or that no reader was meant to survive."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from typing import Any

from tests.ingest.corpus import write
from tests.ingest.corpus.case import RECORD, Case, unreadable

XLSX = "training_record_2026-01.xlsx"
SHEET = "xl/worksheets/sheet1.xml"


def refused(
    name: str, content: Callable[[], bytes], code: str, kind: str | None, file: str = XLSX, **more: Any
) -> Case:
    """A file that gives no row and one clear sentence."""
    return Case(name, file, content, ("hostile",), RECORD, kind=kind, hostile=True, **unreadable(code) | more)


def read(name: str, content: Callable[[], bytes], file: str = XLSX, **more: Any) -> Case:
    """A file that is read in spite of what it holds."""
    return Case(name, file, content, ("hostile",), RECORD, hostile=True, **more)


def clean() -> bytes:
    return write.xlsx(RECORD.table())


def csv(rows: int = 4) -> bytes:
    return write.delimited(RECORD.table(rows))


def part(changes: tuple[str, str], name: str = SHEET) -> bytes:
    return write.patched(clean(), name, changes)


def link() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        info = zipfile.ZipInfo("明细.csv", (2026, 2, 1, 0, 0, 0))
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return sink.getvalue()


def locked() -> bytes:
    """The flag that says a member is encrypted, as archivers set it."""
    content = bytearray(write.zipped({"明细.csv": csv()}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    return bytes(content)


def million_empty_rows() -> bytes:
    rows = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(6, 200_000))
    return part(("</sheetData>", f"{rows}</sheetData>"))


def stray_cell() -> bytes:
    return part(("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'))


def entities(text: str) -> str:
    layers = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 9))
    return f'<!DOCTYPE x [<!ENTITY a0 "lol">{layers}]>{text}'


def flipped(content: bytes, at: float) -> bytes:
    place = int(len(content) * at)
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


_SCRIPT = "<script>alert(1)</script>"
_DEEP = "[" * 300 + "]" * 300
_WIDE = [[f"列{number}" for number in range(1200)], ["x"] * 1200]

CASES: list[Case] = [
    # archives
    refused("hostile_zip_bomb", lambda: write.zipped({"明细.csv": b"0" * (30 * 2**20)}), "FL006", "zip", "a.zip"),
    refused(
        "hostile_workbook_bomb",
        lambda: write.zipped(write.members(clean()) | {"xl/media/image1.png": b"\0" * (30 * 2**20)}),
        "FL006",
        "xlsx",
    ),
    refused("hostile_zip_in_zip", lambda: write.zipped({"a.zip": write.zipped({"明细.csv": csv()})}), "FL005", "zip"),
    refused("hostile_zip_climbs_out", lambda: write.zipped({"../../明细.csv": csv()}), "FL002", "zip"),
    refused("hostile_zip_absolute", lambda: write.zipped({"/tmp/明细.csv": csv()}), "FL002", "zip"),
    refused("hostile_zip_drive", lambda: write.zipped({"C:\\明细.csv": csv()}), "FL002", "zip"),
    refused("hostile_zip_link", link, "FL002", "zip"),
    refused("hostile_zip_locked", locked, "FL003", "zip"),
    refused("hostile_zip_of_nothing", lambda: write.zipped({}), "FL005", "zip"),
    refused("hostile_zip_of_many", lambda: write.zipped({f"{number}": b"" for number in range(5001)}), "FL006", "zip"),
    refused("hostile_zip_cut", lambda: write.zipped({"明细.csv": csv()})[:-30], "FL002", "zip"),
    read(
        "hostile_zip_with_a_program",
        lambda: write.zipped({"明细.csv": csv(), "明细.exe": b"MZ\x90\0\3\0\0\0\4"}),
        "training_record_2026-01.zip",
        kind="zip",
        encoding="utf-8",
        sheets=("明细.csv",),
        findings=(("FL019", "info", None, None, None),),
    ),
    # workbooks
    read("hostile_empty_formatted_rows", million_empty_rows),
    read("hostile_stray_cell", stray_cell),
    refused("hostile_workbook_entities", lambda: part(("<worksheet", entities("<worksheet"))), "FL002", "xlsx"),
    refused(
        "hostile_workbook_outside_entity",
        lambda: part(("<worksheet", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet')),
        "FL002",
        "xlsx",
    ),
    refused(
        "hostile_workbook_names_entity",
        lambda: part(("<workbook", '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><workbook'), "xl/workbook.xml"),
        "FL002",
        "xlsx",
    ),
    refused("hostile_workbook_cut", lambda: clean()[:-400], "FL002", "zip"),
    refused("hostile_workbook_half", lambda: clean()[: len(clean()) // 2], "FL002", "zip"),
    refused(
        "hostile_workbook_without_sheet",
        lambda: write.zipped({name: content for name, content in write.members(clean()).items() if name != SHEET}),
        "FL002",
        "xlsx",
    ),
    refused(
        "hostile_workbook_of_rubbish",
        lambda: write.zipped(write.members(clean()) | {SHEET: b"\xff\xfe<<<"}),
        "FL002",
        "xlsx",
    ),
    refused("hostile_workbook_wide", lambda: write.xlsx(_WIDE), "FL006", "xlsx"),
    refused(
        "hostile_workbook_of_many_sheets",
        lambda: write.xlsx({f"表{number}": [["x"]] for number in range(201)}),
        "FL006",
        "xlsx",
        sheets=(),
    ),
    read(
        "hostile_external_links",
        lambda: write.zipped(write.members(clean()) | {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
        findings=(("FL017", "info", None, None, None),),
    ),
    read(
        "hostile_formula_that_calls",
        lambda: write.patched(
            write.xlsx(RECORD.table(4, {(1, "实际课时"): 40})),
            SHEET,
            ('<c r="E2"><v>40</v></c>', "<c r=\"E2\"><f>cmd|' /c calc'!A0</f><v>40</v></c>"),
        ),
    ),
    read(
        "hostile_sheet_named_like_a_path",
        lambda: write.patched(clean(), "xl/workbook.xml", ('name="Sheet1"', 'name="../../etc/passwd"')),
        sheets=("../../etc/passwd",),
    ),
    read(
        "hostile_sheet_named_like_markup",
        lambda: write.patched(
            clean(), "xl/workbook.xml", ('name="Sheet1"', 'name="&lt;script&gt;alert(1)&lt;/script&gt;"')
        ),
        sheets=(_SCRIPT,),
    ),
    read(
        "hostile_header_of_markup",
        lambda: write.xlsx([[*RECORD.table()[0], _SCRIPT], *([*row, "x"] for row in RECORD.table()[1:])]),
        ignored=(_SCRIPT,),
    ),
    read(
        "hostile_header_turned_round",
        lambda: write.xlsx([[f"\u202e{cell}\u202c" for cell in RECORD.table()[0]], *RECORD.table()[1:]]),
        mapped={f"\u202e{header}\u202c": field for header, field in RECORD.fields.items()},
    ),
    read(
        "hostile_very_long_header",
        lambda: write.xlsx([[*RECORD.table()[0], "很长" * 3000], *([*row, "x"] for row in RECORD.table()[1:])]),
        ignored=("很长" * 3000,),
    ),
    read(
        "hostile_merge_of_the_whole_sheet",
        lambda: write.edited([["明细"], *RECORD.table()], lambda book, sheet: sheet.merge_cells("A1:XFD1")),
    ),
    # old workbooks
    refused("hostile_xls_cut", lambda: write.xls(RECORD.table())[:1500], "FL002", "xls", "a.xls"),
    refused(
        "hostile_xls_of_nothing", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000, "FL002", "xls", "a.xls"
    ),
    # markup
    refused("hostile_ods_entities", lambda: write.ods([], entities("<a>&a8;</a>")), "FL002", "ods", "a.ods"),
    refused(
        "hostile_ods_locked",
        lambda: write.zipped(
            write.members(write.ods(RECORD.table())) | {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}
        ),
        "FL003",
        "ods",
        "a.ods",
    ),
    refused("hostile_ods_broken", lambda: write.ods([], "<a><b>"), "FL002", "ods", "a.ods"),
    refused(
        "hostile_xml_entities",
        lambda: write.xml2003(RECORD.table()).replace(b"<Workbook", entities("<Workbook").encode(), 1),
        "FL002",
        "xml",
        "a.xls",
    ),
    refused("hostile_xml_cut", lambda: write.xml2003(RECORD.table())[:900], "FL002", "xml", "a.xls"),
    read(
        "hostile_html_with_scripts",
        lambda: write.html(RECORD.table(), before="<script>document.write('x')</script><img src='file:///etc/passwd'>"),
        "a.xls",
        kind="html",
        encoding="gb18030",
        sheets=("表1",),
    ),
    refused("hostile_html_without_table", lambda: b"<html><body>login</body></html>", "FL005", "html", "a.xls"),
    # text
    refused("hostile_json_deep", lambda: _DEEP.encode(), "FL006", "json", "a.json"),
    refused("hostile_json_cut", lambda: write.as_json(write.records(RECORD.table()))[:-40], "FL002", None, "a.json"),
    refused("hostile_json_of_numbers", lambda: b"[1, 2, 3]", "FL005", "json", "a.json"),
    refused("hostile_json_half_a_character", lambda: b'[{"\\ud800": 1}]', "FL002", "json", "a.json"),
    read(
        "hostile_json_huge_numbers",
        lambda: write.as_json(
            write.records([[*RECORD.table()[0], "序列"], *([*row, 10**400] for row in RECORD.table()[1:])])
        ),
        "a.json",
        kind="json",
        encoding="utf-8",
        sheets=(),
        ignored=("序列",),
    ),
    refused(
        "hostile_text_open_quote",
        lambda: csv().replace(b"SZ-CAB-001", b'"SZ-CAB-001', 1).replace(b'"SZ', b'"SZ') + b"x,y\r\n" * 30,
        "FL002",
        "csv",
        "a.csv",
    ),
    refused(
        "hostile_text_two_encodings",
        lambda: csv() + "王小明".encode("gb18030") + b"\xff\xff\r\n",
        "FL002",
        None,
        "a.csv",
    ),
    refused("hostile_text_with_nulls", lambda: csv().replace(b"\r\n", b"\0\0\0\r\n"), "FL001", None, "a.csv"),
    refused("hostile_binary", lambda: bytes(range(256)) * 20, "FL001", None, "a.csv"),
    refused("hostile_long_cell", lambda: csv().replace(b"SZ-CAB-001", b"S" * 40_000, 1), "FL006", "csv", "a.csv"),
    refused("hostile_wide_text", lambda: b"," * 2000 + b"\n", "FL006", "csv", "a.csv"),
]
