"""One clean table in every kind of file and encoding, whatever the name says."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from tests.ingest.corpus import write
from tests.ingest.corpus.case import CERTIFICATE, CLASS, RECORD, Base, Case, Table, unreadable

TEXT: tuple[str, ...] = ()
_KINDS: dict[str, tuple[str, Callable[[Table], bytes], str, str | None, tuple[str, ...], tuple[str, ...]]] = {
    # what: name of the file, writer, kind, encoding, sheets, covers
    "xlsx": ("{}.xlsx", write.xlsx, "xlsx", None, ("Sheet1",), ("xlsx",)),
    "xlsx_called_csv": ("{}.csv", write.xlsx, "xlsx", None, ("Sheet1",), ("xlsx",)),
    "xls": ("{}.xls", write.xls, "xls", None, ("Sheet1",), ("xls",)),
    "xls_biff5": ("{}.xls", write.biff5, "xls", None, ("Sheet1",), ("xls5",)),
    "et": ("{}.et", write.xls, "xls", None, ("Sheet1",), ("F15", "et")),
    "et_of_today": ("{}.et", write.xlsx, "xlsx", None, ("Sheet1",), ("F15", "et")),
    "xls_called_xlsx": ("{}.xlsx", write.xls, "xls", None, ("Sheet1",), ("xls",)),
    "ods": ("{}.ods", write.ods, "ods", None, ("Sheet1",), ("ods", "F24")),
    "html_called_xls": ("{}.xls", write.html, "html", "gb18030", ("表1",), ("F12", "html")),
    "html_in_utf8": ("{}.xls", lambda table: write.html(table, "utf-8"), "html", "utf-8", ("表1",), ("F12", "html")),
    "tsv_called_xls": (
        "{}.xls",
        lambda table: write.delimited(table, "gb18030", "\t"),
        "tsv",
        "gb18030",
        TEXT,
        ("F13", "tsv"),
    ),
    "xml_of_2003": ("{}.xls", write.xml2003, "xml", "utf-8", ("Sheet1",), ("F14", "xml")),
    "csv": ("{}.csv", write.delimited, "csv", "utf-8", TEXT, ("csv",)),
    "csv_with_lf": ("{}.csv", lambda table: write.delimited(table, end="\n"), "csv", "utf-8", TEXT, ("csv",)),
    "csv_of_old_mac": ("{}.csv", lambda table: write.delimited(table, end="\r"), "csv", "utf-8", TEXT, ("csv",)),
    "csv_with_mark": (
        "{}.csv",
        lambda table: write.delimited(table, "utf-8-sig"),
        "csv",
        "utf-8-sig",
        TEXT,
        ("F9", "csv"),
    ),
    "csv_gb18030": ("{}.csv", lambda table: write.delimited(table, "gb18030"), "csv", "gb18030", TEXT, ("F8", "csv")),
    "csv_gbk": ("{}.txt", lambda table: write.delimited(table, "gbk"), "csv", "gb18030", TEXT, ("F8", "csv")),
    "utf16_text": (
        "{}.txt",
        lambda table: write.delimited(table, "utf-16", "\t"),
        "tsv",
        "utf-16",
        TEXT,
        ("F10", "utf-16"),
    ),
    "utf16_big": (
        "{}.txt",
        lambda table: b"\xfe\xff" + write.delimited(table, "utf-16-be", "\t"),
        "tsv",
        "utf-16",
        TEXT,
        ("F10", "utf-16"),
    ),
    "utf16_unmarked": (
        "{}.csv",
        lambda table: write.delimited(table, "utf-16-le"),
        "csv",
        "utf-16",
        TEXT,
        ("F10", "utf-16"),
    ),
    "semicolons": ("{}.csv", lambda table: write.delimited(table, delimiter=";"), "csv", "utf-8", TEXT, ("semicolon",)),
    "pipes": ("{}.txt", lambda table: write.delimited(table, delimiter="|"), "csv", "utf-8", TEXT, ("pipe",)),
    "tsv": ("{}.tsv", lambda table: write.delimited(table, delimiter="\t"), "tsv", "utf-8", TEXT, ("tsv",)),
    "json": ("{}.json", lambda table: write.as_json(write.records(table)), "json", "utf-8", TEXT, ("json",)),
    "json_object": (
        "{}.json",
        lambda table: write.as_json({"code": 0, "data": {"list": write.records(table)}}),
        "json",
        "utf-8",
        TEXT,
        ("json object",),
    ),
    "json_lines": ("{}.jsonl", write.json_lines, "jsonl", "utf-8", TEXT, ("jsonl",)),
    "zip_of_csv": (
        "{}.zip",
        lambda table: write.zipped({"明细.csv": write.delimited(table, "gb18030")}),
        "zip",
        "gb18030",
        ("明细.csv",),
        ("zip",),
    ),
    "zip_of_xlsx": (
        "{}.zip",
        lambda table: write.zipped({"a/明细.xlsx": write.xlsx(table)}),
        "zip",
        None,
        ("明细.xlsx/Sheet1",),
        ("zip",),
    ),
}


def _of(base: Base, short: str) -> Iterator[Case]:
    for name, (file, writer, kind, encoding, sheets, covers) in _KINDS.items():
        yield Case(
            f"kind_{name}_{short}",
            file.format(f"{base.dataset}_2026-01"),
            lambda writer=writer: writer(base.table()),
            covers,
            base,  # type: ignore[misc]
            kind=kind,
            encoding=encoding,
            sheets=sheets,
        )


def _two_members() -> bytes:
    return write.zipped(
        {
            "一.xlsx": write.xlsx(RECORD.table(2)),
            "二.csv": write.delimited(RECORD.table(4)[:1] + RECORD.table(4)[3:]),
            "说明.pdf": b"%PDF-1.7\n",
            "__MACOSX/._一.xlsx": b"x",
        }
    )


CASES: list[Case] = [
    *_of(RECORD, "record"),
    *_of(CLASS, "class"),
    Case(
        "kind_xlsm",
        "training_record_2026-01.xlsm",
        lambda: write.xlsm(RECORD.table()),
        ("xlsm",),
        RECORD,
        kind="xlsm",
        findings=(("FL016", "info", None, None, None),),
    ),
    Case(
        "kind_xlsm_class",
        "training_class_2026-01.xls",
        lambda: write.xlsm(CLASS.table()),
        ("xlsm",),
        CLASS,
        kind="xlsm",
        findings=(("FL016", "info", None, None, None),),
    ),
    Case(
        "kind_zip_of_several",
        "training_record_2026-01.zip",
        _two_members,
        ("zip",),
        RECORD,
        kind="zip",
        sheets=("一.xlsx/Sheet1", "二.csv"),
        findings=(("FL019", "info", None, None, None),),
    ),
    Case(
        "kind_json_parts",
        "training_record_2026-01.json",
        lambda: write.as_json(
            {"一班": write.records(RECORD.table(2)), "二班": write.records([RECORD.table()[0], *RECORD.table()[3:]])}
        ),
        ("json object",),
        RECORD,
        kind="json",
        encoding="utf-8",
        sheets=("一班", "二班"),
    ),
    Case(
        "kind_json_page",
        "training_record_2026-01.json",
        lambda: write.as_json(
            {"code": 0, "data": {"records": write.records(RECORD.table()), "pages": 3, "current": 1}}
        ),
        ("json object",),
        RECORD,
        kind="json",
        encoding="utf-8",
        sheets=(),
        findings=(("FL031", "warning", None, None, None),),
    ),
    Case(
        "kind_json_in_a_string",
        "training_record_2026-01.json",
        lambda: write.as_json({"code": 0, "data": write.as_json(write.records(RECORD.table())).decode()}),
        ("json object",),
        RECORD,
        kind="json",
        encoding="utf-8",
        sheets=(),
    ),
    Case(
        "kind_web_archive",
        "training_record_2026-01.xls",
        lambda: (
            b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
            b'Content-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
            + base64.encodebytes(write.html(RECORD.table()))
            + b"\r\n--b--\r\n"
        ),
        ("html",),
        RECORD,
        kind="mht",
        encoding="gb2312",
        sheets=("表1",),
    ),
    Case(
        "kind_text_of_hive",
        "training_record_2026-01.txt",
        lambda: write.delimited(RECORD.table(), delimiter="\x01", end="\n"),
        ("delimiters",),
        RECORD,
        kind="csv",
        encoding="utf-8",
        sheets=(),
    ),
    Case(
        "kind_text_aligned",
        "training_record_2026-01.txt",
        lambda: "\n".join("   ".join(row) for row in RECORD.table()).encode(),
        ("delimiters",),
        RECORD,
        kind="csv",
        hostile=True,
        **unreadable("FL005"),
    ),
    Case(
        "kind_text_garbled",
        "training_record_2026-01.csv",
        lambda: write.delimited(RECORD.table(), "gb18030").decode("latin-1").encode(),
        ("F8",),
        RECORD,
        kind="csv",
        encoding="utf-8",
        hostile=True,
        **unreadable("FL030"),
    ),
    Case(
        "kind_json_jsonl_gb18030",
        "certificate_2026-01.jsonl",
        lambda: write.json_lines(CERTIFICATE.table()).decode().encode("gb18030"),
        ("jsonl", "F8"),
        CERTIFICATE,
        kind="jsonl",
        encoding="gb18030",
        sheets=(),
    ),
    Case(
        "kind_encrypted",
        "training_record_2026-01.xlsx",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        ("F16",),
        RECORD,
        **unreadable("FL003"),
    ),
    Case(
        "kind_encrypted_class",
        "training_class_2026-01.xls",
        lambda: (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99
        ),
        ("F16",),
        CLASS,
        **unreadable("FL003"),
    ),
    Case(
        "kind_empty",
        "training_record_2026-01.xlsx",
        lambda: b"",
        ("empty",),
        RECORD,
        **unreadable("FL004") | {"kind": None},
    ),
    Case(
        "kind_only_a_mark",
        "training_record_2026-01.csv",
        lambda: b"\xef\xbb\xbf\r\n",
        ("empty", "F9"),
        RECORD,
        **unreadable("FL004") | {"kind": None},
    ),
    Case(
        "kind_pdf_called_xlsx",
        "training_record_2026-01.xlsx",
        lambda: b"%PDF-1.7\n%\xe2\xe3",
        ("foreign",),
        RECORD,
        **unreadable("FL001") | {"kind": None},
    ),
    Case(
        "kind_docx_called_xlsx",
        "training_record_2026-01.xlsx",
        lambda: write.zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}),
        ("foreign",),
        RECORD,
        **unreadable("FL001") | {"kind": None},
    ),
]
