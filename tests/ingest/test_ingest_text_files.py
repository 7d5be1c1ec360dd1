"""Texts, web pages and JSON as programs and keyboards write them: read, or named with the cure."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from ingest import garbled
from ingest.read import read
from ingest.readers import Unreadable, open_file
from tests.ingest.files import HEADERS, ROW, delimited, xlsx

TABLE = [list(HEADERS), list(ROW)]
CHINESE = ["姓名", "证件类型", "证件号码", "性别", "出生日期", "联系电话", "服务类型", "服务日期"]
TRADITIONAL = ["姓名", "證件類型", "證件號碼", "性別", "出生日期", "聯絡電話", "服務類型", "服務日期"]


def joined(delimiter: str, cell: Callable[[str], str] = str, end: str = "\n") -> bytes:
    return "".join(delimiter.join(map(cell, row)) + end for row in TABLE).encode()


def filled_rows(content: bytes) -> list[list[str | None]]:
    (sheet,) = open_file(content).sheets
    return [row for row in sheet.head(9) if any(row)]


@pytest.mark.parametrize(
    "content",
    [
        joined(",", '="{}"'.format),
        joined(",", '"=""{}"""'.format),
        joined(", ", '"{}"'.format),
        joined(",   ", '"{}"'.format),
        joined(",", ' "{}"'.format),
        joined(",\u3000", '"{}"'.format),
        joined(",\t", '"{}"'.format),
        joined(",", "'{}'".format),
        joined("\t", "'{}'".format),
        joined(", ", "'{}'".format),
        joined("，", "“{}”".format),
        joined(",", "“{}”".format),
    ],
)
def test_quotes_and_blanks_around_a_cell_are_none_of_it(content: bytes) -> None:
    assert filled_rows(content) == TABLE


def test_a_delimiter_within_single_quotes_is_part_of_the_cell() -> None:
    rows = filled_rows(joined(",", "'{}'".format).replace("张丰".encode(), "张,丰".encode()))
    assert rows[1] == ["张,丰", *ROW[1:]]


def test_a_text_with_one_single_quote_is_read_as_ever() -> None:
    content = delimited([HEADERS, ("O'Neil, 张", *ROW[1:])])
    assert filled_rows(content)[1][0] == "O'Neil, 张"


@pytest.mark.parametrize("delimiter", ["\x01", "\x02", "\x1f", "，", "；", "｜", "、", "^", "~"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_delimiters_that_are_read(delimiter: str, encoding: str) -> None:
    try:
        content = joined(delimiter).decode().encode(encoding)
    except UnicodeEncodeError:
        return
    assert filled_rows(content) == TABLE


@pytest.mark.parametrize("sign", ["、", "，", "；", "^", "~"])
def test_what_values_are_full_of_is_no_delimiter_beside_another(sign: str) -> None:
    rows = [["姓名", "证件号码", "人员类别"], *[["张丰", "1", sign.join("甲乙丙丁戊己")]] * 8]
    assert filled_rows(delimited(rows)) == rows


def test_a_table_as_a_console_draws_it() -> None:
    ruled = "+------+-----+\n"
    body = "".join(f"| {' | '.join(row)} |\n" for row in TABLE)
    head, row = body.splitlines(keepends=True)
    _, reading = read(f"{ruled}{head}{ruled}{row}{row}{ruled}".encode(), "x.txt", "training_record")
    assert (reading.rows, len(reading.mapped)) == (2, len(HEADERS))


@pytest.mark.parametrize("delimiter", ["||", "~~", "^^"])
def test_delimiters_of_several_signs_that_are_read(delimiter: str) -> None:
    _, reading = read(joined(delimiter), "x.txt", "training_record")
    assert (reading.rows, len(reading.mapped)) == (1, len(HEADERS))


@pytest.mark.parametrize(
    ("delimiter", "said"),
    [
        ("    ", "用空格"),
        (" ", "用空格"),
        ("\u3000\u3000", "用空格"),
        ("@@", "“@@”"),
        ("$", "“$”"),
        ("#", "“#”"),
    ],
)
def test_delimiters_that_are_named_with_the_cure(delimiter: str, said: str) -> None:
    _, reading = read(joined(delimiter), "x.txt", "training_record")
    assert reading.problem == "no_table"
    assert said in str(reading.detail)
    assert "请用逗号或制表符" in str(reading.detail)


@pytest.mark.parametrize("content", ["本期无数据\n", "本期 无 数据\n", "单位 名称\n甲 乙\n"])
def test_a_text_without_columns_is_named_by_no_delimiter(content: str) -> None:
    (sheet,) = open_file(content.encode()).sheets
    assert sheet.head(1)[0] == [content.partition("\n")[0]]


def misread(encoding: str, taken_for: str) -> Callable[[list[str]], str]:
    def turn(cells: list[str]) -> str:
        data = ",".join(cells).encode(encoding)
        if taken_for != "cp1252":
            return data.decode(taken_for, "replace")
        return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)

    return turn


@pytest.mark.parametrize(
    ("cells", "turn", "said"),
    [
        (CHINESE, misread("gb18030", "latin-1"), "GBK"),
        (CHINESE, misread("gb18030", "cp1252"), "GBK"),
        (CHINESE, misread("utf-8", "latin-1"), "UTF-8"),
        (CHINESE, misread("utf-8", "cp1252"), "UTF-8"),
        (CHINESE, misread("utf-8", "gb18030"), "UTF-8"),
        (CHINESE, misread("gb18030", "utf-8"), "锟斤拷"),
        (["锟斤拷锟斤拷", "证锟斤拷", "a"], ",".join, "锟斤拷"),
        (["烫烫烫烫", "b", "c"], ",".join, "锟斤拷"),
        (["屯屯屯", "b", "c"], ",".join, "锟斤拷"),
    ],
)
def test_a_header_that_is_rubbish_is_told_with_its_cause(
    cells: list[str], turn: Callable[[list[str]], str], said: str
) -> None:
    _, reading = read(f"{turn(cells)}\n1,2,3\n".encode(), "x.csv", "support_service")
    assert reading.problem == "garbled"
    assert said in str(reading.detail)


@pytest.mark.parametrize("rows", [[TRADITIONAL], [TRADITIONAL, ["王小明", "1"]], [["服務機構", "備註"]]])
def test_big5_is_told(rows: list[list[str]]) -> None:
    content = "\n".join(map(",".join, rows)).encode("big5")
    _, reading = read(content, "x.csv", "support_service")
    assert (reading.problem, "Big5" in str(reading.detail)) == ("garbled", True)


@pytest.mark.parametrize(
    "cells",
    [
        CHINESE,
        TRADITIONAL,
        ["José", "Müller", "Zoë"],
        ["é", "ü"],
        ["服务机构名称", "统一社会信用代码", "企业名称"],
        ["①姓名", "②证件号码", "（备注）"],
        ["龘靐", "䶮"],
        ["Name", "ID"],
    ],
)
def test_what_is_no_rubbish(cells: list[str]) -> None:
    assert garbled.told(cells) is None


PEOPLE = [dict(zip(HEADERS, ROW, strict=True))] * 2


def told(content: Any) -> list[tuple[str, str]]:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    opened = open_file(text.encode())
    assert sum(sheet.height - 1 for sheet in opened.sheets) == 2
    assert opened.sheets[0].head(1)[0] == list(HEADERS)
    return [(remark.kind, " ".join(remark.values.values())) for remark in opened.remarks]


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ({"total": 25, "size": 2, "current": 1, "pages": 13}, ("records_missing", "25 2")),
        ({"totalCount": "25"}, ("records_missing", "25 2")),
        ({"@odata.count": 25}, ("records_missing", "25 2")),
        ({"page": {"totalElements": 25, "number": 0}}, ("records_missing", "25 2")),
        ({"总条数": 25}, ("records_missing", "25 2")),
        ({"pages": 3, "current": 1}, ("pages_missing", "共 3 页，这是第 1 页")),
        ({"totalPages": 3, "pageSize": 2}, ("pages_missing", "共 3 页")),
        ({"hasNextPage": True}, ("pages_missing", "这一页后面还有下一页")),
        ({"last": False}, ("pages_missing", "这一页后面还有下一页")),
        ({"next": "http://a.example/?page=2"}, ("pages_missing", "这一页后面还有下一页")),
        ({"total": 2, "pages": 1, "hasNext": False}, None),
        ({"total": 2, "size": 1, "pages": 2, "current": 1}, None),  # all of them, whatever it says of pages
        ({"pages": 2, "size": 1}, None),
        ({"pages": 1, "next": None, "next_cursor": ""}, None),
        ({"code": 200, "msg": "ok", "total": None}, None),
    ],
)
@pytest.mark.parametrize("is_within", [True, False])
def test_json_that_says_more_than_came(beside: dict[str, Any], said: tuple[str, str] | None, is_within: bool) -> None:
    page = {"records": PEOPLE} | beside
    assert told({"code": 0, "data": page} if is_within else page) == ([said] if said else [])


def test_pages_beside_the_records_count_too() -> None:
    assert told({"page": {"total": 25}, "data": {"list": PEOPLE}}) == [("records_missing", "25 2")]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(json.dumps(PEOPLE, ensure_ascii=False), ensure_ascii=False),
        json.dumps(json.dumps({"data": PEOPLE})),
        {"code": 0, "data": json.dumps(PEOPLE)},
        {"d": json.dumps({"rows": PEOPLE}, indent=1)},
        {"result": {"body": json.dumps(PEOPLE)}},
    ],
)
def test_json_in_a_string(content: Any) -> None:
    assert told(content) == []


def test_several_pages_in_one_file_are_one_list() -> None:
    pages = [{"code": 0, "data": {"records": PEOPLE[:1], "total": 2, "pages": 2, "current": n}} for n in (1, 2)]
    assert told(pages) == []
    assert told("\n".join(json.dumps(page, ensure_ascii=False) for page in pages)) == []
    assert told([{"records": PEOPLE, "total": 5}]) == [("records_missing", "5 2")]
    missing = [{"records": PEOPLE[:1], "total": 5} for _ in range(2)]
    assert told(missing) == [("records_missing", "5 2")]


def test_records_with_lists_of_their_own_are_no_pages() -> None:
    classes = [{"班级编号": "A", "学员": [{"a": 1}, {"a": 2}]}, {"班级编号": "B", "学员": [{"a": 3}]}]
    sheet = open_file(json.dumps(classes, ensure_ascii=False).encode()).sheets[0]
    assert sheet.head(1) == [["班级编号", "学员"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"$date": "2026-01-04T16:00:00Z"}, "2026-01-04T16:00:00Z"),
        ({"$numberLong": "5"}, "5"),
        ([2026, 1, 5], "2026;1;5"),
    ],
)
def test_json_for_what_it_has_no_type_for(value: Any, text: str) -> None:
    assert open_file(json.dumps([{"a": value}]).encode()).sheets[0].row(1) == [text]


PAGE = "<html><table>{}</table></html>".format(
    "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in TABLE)
)


def web_archive(page: bytes, charset: str, encoding: str, head: str = "") -> bytes:
    """As Excel saves 单个文件网页: a frame, the page of the sheet, a style sheet."""
    part = "--=_b\r\nContent-Location: file:///C:/x\r\nContent-Transfer-Encoding: {}\r\nContent-Type: {}\r\n\r\n"
    return b"\r\n".join(
        (
            f"{head}MIME-Version: 1.0\r\nX-Document-Type: Workbook".encode(),
            b'Content-Type: multipart/related; boundary="=_b"\r\n',
            part.format("7bit", "text/html").encode() + b"<html><frameset><frame src=x></frameset></html>",
            part.format(encoding, f'text/html; charset="{charset}"').encode() + page,
            part.format("7bit", "text/css").encode() + b"td {}",
            b"--=_b--\r\n",
        )
    )


def quoted(data: bytes) -> bytes:
    return re.sub(rb"[^ -<>-~]|=", lambda match: b"=%02X" % match[0][0], data)


def in_base64(data: bytes) -> bytes:
    return base64.encodebytes(data)


@pytest.mark.parametrize(
    "content",
    [
        web_archive(quoted(PAGE.encode("gb2312")), "gb2312", "quoted-printable"),
        web_archive(in_base64(PAGE.encode()), "utf-8", "base64"),
        web_archive(PAGE.encode("gb18030"), "gb2312", "8bit"),
        web_archive(PAGE.encode("gb18030"), "utf-8", "8bit"),
        web_archive(in_base64(PAGE.encode()), "unknown", "base64", "From: <Saved by Blink>\r\nSubject: x\r\n"),
    ],
)
def test_a_web_archive_called_xls(content: bytes) -> None:
    opened = open_file(content)
    assert (opened.kind, opened.sheets[0].name) == ("mht", "表1")
    assert opened.sheets[0].head(9) == TABLE


def test_a_web_archive_without_a_table_says_so() -> None:
    with pytest.raises(Unreadable) as caught:
        open_file(web_archive(b"<html><p>a</p></html>", "utf-8", "8bit"))
    assert (caught.value.problem, "没有表格" in caught.value.detail) == ("no_table", True)


def turned(content: bytes) -> bytes:
    """The same archive with backslashes in the names of its parts."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            after.writestr(member.filename.replace("/", "\\"), before.read(member))
    return sink.getvalue()


ODS = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>'
    '<table:table table:name="表"><table:table-row><table:table-cell office:value-type="string"><text:p>乙</text:p>'
    "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
)


def open_document() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in (
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", ODS),
            ("styles.xml", "<a/>"),
            ("META-INF/manifest.xml", "<a/>"),
        ):
            archive.writestr(name, text)
    return sink.getvalue()


@pytest.mark.parametrize("content", [xlsx(TABLE), xlsx(TABLE, more={"二": TABLE}), open_document()])
def test_a_workbook_whose_parts_are_named_with_backslashes(content: bytes) -> None:
    assert open_file(turned(content)) == open_file(content)


def test_a_workbook_with_backslashes_within_an_archive() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("区\\一.xlsx", turned(xlsx(TABLE)))
    opened = open_file(sink.getvalue())
    assert opened.sheets[0].head(9) == TABLE
