"""Files are what their bytes say, and every row keeps the number that the sender sees."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from ingest.readers import _READERS, DAMAGED, Unreadable, open_file
from tests.ingest.files import HEADERS, ROW, delimited, records, xls, xlsx

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def packed(*names: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return sink.getvalue()


@pytest.mark.parametrize(("content", "kind", "encoding"), [
    (xlsx([HEADERS, ROW]), "xlsx", None), (xls([HEADERS, ROW]), "xls", None),
    (delimited([HEADERS, ROW]), "csv", "utf-8-sig"), (delimited([HEADERS, ROW], "utf-8"), "csv", "utf-8"),
    (delimited([HEADERS, ROW], "gb18030"), "csv", "gb18030"), (delimited([HEADERS, ROW], "utf-16"), "csv", "utf-16"),
    (delimited([HEADERS, ROW], delimiter="\t"), "tsv", "utf-8-sig"),
    (delimited([HEADERS, ROW], delimiter=";"), "csv", "utf-8-sig"),
    (delimited([HEADERS, ROW], delimiter="|"), "csv", "utf-8-sig"), (records(HEADERS, [ROW]), "json", "utf-8"),
])
def test_the_same_table_in_every_kind(content: bytes, kind: str, encoding: str | None) -> None:
    opened = open_file(content)
    assert (opened.kind, opened.encoding) == (kind, encoding)
    assert [list(row) for row in opened.sheets[0].rows] == [list(HEADERS), list(ROW)]


@pytest.mark.parametrize(("content", "problem"), [
    (b"", "empty"), (b" \r\n\t\n", "empty"), (b"\xef\xbb\xbf", "empty"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "unknown_kind"), (b"%PDF-1.7\n", "unknown_kind"),
    (b"<html><table><tr><td>1</td></tr></table></html>", "unknown_kind"),
    (b"<?xml version='1.0'?><Workbook/>", "unknown_kind"), (packed("word/document.xml"), "unknown_kind"),
    (packed("a.txt"), "unknown_kind"), (b"\x00\x01\x02\x03\x04", "unknown_kind"), (b"\xff\x80\xff\x80", "unknown_kind"),
    (OLE2 + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "unknown_kind"),
    (OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    (xlsx([HEADERS, ROW])[:-200], "damaged"), (b"PK\x03\x04broken", "damaged"), (OLE2 + b"\0" * 600, "damaged"),
    (packed("xl/workbook.xml"), "damaged"), (b'[{"a": 1}, {"a": ', "damaged"), (b'{"a": 1', "damaged"),
    (b"[1, 2, 3]", "no_table"), (b'a,b\n"x,1\ny,2\n', "damaged"),
    (b'a,b\n"x,1\n' + b"y,2\n" * 30 + b'"z",1\n', "damaged"),
])
def test_what_is_no_table_says_so(content: bytes, problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        open_file(content)
    assert caught.value.problem == problem
    assert caught.value.detail.endswith("。")


def test_workbook_cells_as_excel_shows_them() -> None:
    row = [5.0, 5.5, 440301199001011234.0, dt.date(2026, 3, 1), True, "文本", 13800000000.0, 0.1 + 0.2]
    opened = open_file(xlsx([row]))
    assert list(opened.sheets[0].rows[0]) == [
        "5", "5.5", "4.40301199001011E+17", "2026-03-01", "TRUE", "文本", "13800000000", "0.3"]


def test_workbook_rows_keep_their_numbers() -> None:
    sheet = open_file(xlsx([[None], [None], ["a"]])).sheets[0]
    assert sheet.rows[sheet.numbers.index(3)] == ["a"]


def test_a_record_of_several_lines_is_numbered_by_its_first() -> None:
    sheet = open_file(b'a,b\n"x\ny",1\n\nz,2\n').sheets[0]
    assert list(zip(sheet.numbers, sheet.rows, strict=True)) == [
        (1, ["a", "b"]), (2, ["x\ny", "1"]), (4, []), (5, ["z", "2"])]


def test_json_shapes() -> None:
    array = open_file(b'[{"a": 1, "b": null}, {"b": true, "a": 2.0}]').sheets[0]
    assert array.rows == [["a", "b"], ["1", None], ["2", "TRUE"]]
    assert list(array.numbers) == [0, 1, 2]
    wrapped = open_file('{"报告期": "2026-01", "data": {"rows": [{"a": "x"}]}}'.encode())
    assert wrapped.sheets[0].rows == [["a"], ["x"]]
    assert wrapped.notes == ("报告期:2026-01",)
    assert open_file(b'{"a": 1}\n{"a": 440301199001011234}\n').sheets[0].rows == [["a"], ["1"], ["440301199001011234"]]
    long = b"4" * 25
    assert open_file(b'[{"a": ' + long + b', "b": NaN, "c": 4.4e17}]').sheets[0].rows[1] == [
        long.decode(), "NaN", "4.4e+17"]
    assert open_file(b"[]").sheets[0].rows == [[]]
    assert open_file(b'[{"a": [1, "x"], "b": {"c": 1}}]').sheets[0].rows[1] == ["1;x", '{"c":1}']


def test_a_json_key_that_stands_twice_is_a_second_column() -> None:
    twice = open_file('[{"姓名": "赵", "姓名": "钱", "a": 1, "姓名": "孙"}, {"姓名": "李"}]'.encode()).sheets[0]
    assert twice.rows == [["姓名", "姓名(2)", "a", "姓名(3)"], ["赵", "钱", "1", "孙"], ["李", None, None, None]]


@pytest.mark.parametrize("content", [b'[{"\\ud800": 1}]', b'[{"a": "\\ud800"}]', b"[" * 100_000, b'[{"a": 1}', b'{"a"'])
def test_json_that_is_none_or_no_text_is_damaged(content: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        open_file(content)
    assert caught.value.problem == "damaged"


def test_a_readers_own_defect_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("11010519491231002X")

    monkeypatch.setitem(_READERS, "json", fail)
    with pytest.raises(Unreadable) as caught:
        open_file(b"[]")
    assert (caught.value.problem, caught.value.detail) == ("damaged", DAMAGED)
