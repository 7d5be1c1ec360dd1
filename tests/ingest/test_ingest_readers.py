"""Files are what their bytes say, and every row keeps the number that the sender sees."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ingest.limits import limits
from ingest.readers import DAMAGED, Unreadable, json_records, open_file
from ingest.readers import delimited as delimited_text
from tests.ingest.files import HEADERS, ROW, delimited, records, xls, xlsx
from warehouse.vocabulary.errors import OperatorError

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def packed(*names: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "encoding"),
    [
        (xlsx([HEADERS, ROW]), "xlsx", None),
        (xls([HEADERS, ROW]), "xls", None),
        (delimited([HEADERS, ROW]), "csv", "utf-8-sig"),
        (delimited([HEADERS, ROW], "utf-8"), "csv", "utf-8"),
        (delimited([HEADERS, ROW], "gb18030"), "csv", "gb18030"),
        (delimited([HEADERS, ROW], "utf-16"), "csv", "utf-16"),
        (delimited([HEADERS, ROW], delimiter="\t"), "tsv", "utf-8-sig"),
        (delimited([HEADERS, ROW], delimiter=";"), "csv", "utf-8-sig"),
        (delimited([HEADERS, ROW], delimiter="|"), "csv", "utf-8-sig"),
        (records(HEADERS, [ROW]), "json", "utf-8"),
    ],
)
def test_the_same_table_in_every_kind(content: bytes, kind: str, encoding: str | None) -> None:
    opened = open_file(content)
    assert (opened.kind, opened.encoding) == (kind, encoding)
    assert opened.sheets[0].head(9) == [list(HEADERS), list(ROW)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "unknown_kind"),
        (b"%PDF-1.7\n", "unknown_kind"),
        (b"<html><p>1</p></html>", "no_table"),
        (b"<?xml version='1.0'?><a>1</a>", "unknown_kind"),
        (b"<?xml version='1.0'?><Workbook/>", "unknown_kind"),
        (packed("word/document.xml"), "unknown_kind"),
        (packed(), "no_table"),
        (b"\x00\x01\x02\x03\x04", "unknown_kind"),
        (b"\xff\x80\xff\x80", "unknown_kind"),
        (OLE2 + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "unknown_kind"),
        (OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (xlsx([HEADERS, ROW])[:-200], "damaged"),
        (b"PK\x03\x04broken", "damaged"),
        (OLE2 + b"\0" * 600, "damaged"),
        (packed("xl/workbook.xml"), "damaged"),
        (b'[{"a": 1}, {"a": ', "damaged"),
        (b'{"a": 1', "damaged"),
        (b"[1, 2, 3]", "no_table"),
        (b'a,b\n"x,1\ny,2\n', "damaged"),
        (b'a,b\n"x,1\n' + b"y,2\n" * 30 + b'"z",1\n', "damaged"),
    ],
)
def test_what_is_no_table_says_so(content: bytes, problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        open_file(content)
    assert caught.value.problem == problem
    assert caught.value.detail.endswith("。")


def test_workbook_cells_as_excel_shows_them() -> None:
    row = [5.0, 5.5, 440301199001011234.0, dt.date(2026, 3, 1), True, "文本", 13800000000.0, 0.1 + 0.2]
    opened = open_file(xlsx([row]))
    assert opened.sheets[0].row(0) == [
        "5",
        "5.5",
        "4.40301199001011E+17",
        "2026-03-01",
        "TRUE",
        "文本",
        "13800000000",
        "0.3",
    ]


def test_workbook_rows_keep_their_numbers() -> None:
    sheet = open_file(xlsx([[None], [None], ["a"]])).sheets[0]
    assert sheet.row(sheet.numbers.to_pylist().index(3)) == ["a"]


def test_a_record_of_several_lines_is_numbered_by_its_first() -> None:
    sheet = open_file(b'a,b\n"x\ny",1\n\nz,2\n').sheets[0]
    assert list(zip(sheet.numbers.to_pylist(), sheet.head(9), strict=True)) == [
        (1, ["a", "b"]),
        (2, ["x\ny", "1"]),
        (4, [None, None]),
        (5, ["z", "2"]),
    ]


def test_json_shapes() -> None:
    array = open_file(b'[{"a": 1, "b": null}, {"b": true, "a": 2.0}]').sheets[0]
    assert array.head(9) == [["a", "b"], ["1", None], ["2", "TRUE"]]
    assert array.numbers.to_pylist() == [0, 1, 2]
    wrapped = open_file('{"报告期": "2026-01", "data": {"rows": [{"a": "x"}]}}'.encode())
    assert wrapped.sheets[0].head(9) == [["a"], ["x"]]
    assert wrapped.notes == ("报告期:2026-01",)
    lines = open_file(b'{"a": 1}\n{"a": 440301199001011234}\n')
    assert (lines.kind, lines.sheets[0].head(9)) == ("jsonl", [["a"], ["1"], ["440301199001011234"]])
    long = b"4" * 25
    assert open_file(b'[{"a": ' + long + b', "b": NaN, "c": 4.4e17}]').sheets[0].row(1) == [
        long.decode(),
        "NaN",
        "4.4e+17",
    ]
    assert open_file(b"[]").sheets[0].head(9) == [[]]
    assert open_file(b'[{"a": [1, "x"], "b": {"c": 1}}]').sheets[0].row(1) == ["1;x", '{"c":1}']


def test_a_json_key_that_stands_twice_is_a_second_column() -> None:
    twice = open_file('[{"姓名": "赵", "姓名": "钱", "a": 1, "姓名": "孙"}, {"姓名": "李"}]'.encode()).sheets[0]
    assert twice.head(9) == [["姓名", "姓名(2)", "a", "姓名(3)"], ["赵", "钱", "1", "孙"], ["李", None, None, None]]


@pytest.mark.parametrize("content", [b'[{"\\ud800": 1}]', b'[{"a": "\\ud800"}]', b'[{"a": 1}', b'{"a"'])
def test_json_that_is_none_or_no_text_is_damaged(content: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        open_file(content)
    assert caught.value.problem == "damaged"


def test_a_readers_own_defect_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("11010519491231002X")

    monkeypatch.setattr(json_records, "read", fail)
    with pytest.raises(Unreadable) as caught:
        open_file(b"[]")
    assert (caught.value.problem, caught.value.detail) == ("damaged", DAMAGED)


def zipped(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


HTML = """<html><head><meta charset="gb2312"><style>td{x}</style></head><body><table>
<tr><th colspan="3">标题</th></tr><tr><td>姓<br>名</td><td>证件&amp;号码</td><td>班级</td></tr>
<tr><td>张<b>三</b></td><td>1</td><td rowspan="2">A</td></tr><tr><td>李四</td><td>2</td></tr>
</table></body></html>"""
SPREADSHEETML = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>
<Row ss:Index="2"><Cell ss:MergeDown="1"><Data ss:Type="String">甲</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="Number">5</Data></Cell></Row>
<Row ss:Hidden="1"><Cell ss:Index="2"><Data ss:Type="DateTime">2026-03-01T00:00:00.000</Data></Cell>
<Cell ss:Formula="=A1"/></Row></Table></Worksheet></Workbook>"""
ODS = """<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>
<table:table table:name="表"><table:table-row table:number-rows-repeated="2"/><table:table-row>
<table:table-cell office:value-type="float" office:value="5"/>
<table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>乙</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2026-03-01"><text:p>3月1日</text:p></table:table-cell>
<table:table-cell table:formula="of:=1/0"/><table:table-cell table:number-columns-repeated="16000"/></table:table-row>
<table:table-row table:visibility="filter">
<table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>丙</text:p></table:table-cell>
<table:covered-table-cell/></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def test_a_web_page_called_xls() -> None:
    opened = open_file(HTML.encode("gb18030"))
    assert (opened.kind, opened.encoding, opened.sheets[0].name) == ("html", "gb18030", "表1")
    assert opened.sheets[0].head(9) == [
        ["标题", "标题", "标题"],
        ["姓\n名", "证件&号码", "班级"],
        ["张三", "1", "A"],
        ["李四", "2", "A"],
    ]


def test_xml_of_excel_2003() -> None:
    sheet = open_file(SPREADSHEETML.encode()).sheets[0]
    assert (sheet.numbers.to_pylist(), sheet.hidden_rows) == ([2, 3], {3})
    assert sheet.head(9) == [["甲", None, "5"], ["甲", "2026-03-01", "#公式无结果"]]


def test_open_document() -> None:
    opened = open_file(
        zipped(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": ODS.encode(),
                "styles.xml": b"<a/>",
            }
        )
    )
    sheet = opened.sheets[0]
    assert (opened.kind, sheet.numbers.to_pylist(), sheet.hidden_rows) == ("ods", [1, 2, 3, 4], {4})
    assert sheet.head(9)[2:] == [["5", "乙", "乙", "2026-03-01", "#公式无结果"], ["丙", "丙", None, None, None]]


def test_utf_16_without_a_mark() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        opened = open_file(delimited([HEADERS, ROW], encoding))
        assert (opened.encoding, opened.sheets[0].head(9)) == ("utf-16", [list(HEADERS), list(ROW)])


def test_text_in_two_encodings_names_the_line() -> None:
    with pytest.raises(Unreadable, match="damaged") as caught:
        open_file("姓名,号码\n张三,1\n".encode("gb18030") + b"\xff\xff,2\n")
    assert "第 3 行" in caught.value.detail


def test_an_archive_gives_the_sheets_of_its_members() -> None:
    content = zipped(
        {
            "b.csv": delimited([HEADERS, ROW]),
            "a.xlsx": xlsx([HEADERS, ROW]),
            "说明.pdf": b"%PDF-1.7",
            "__MACOSX/._a": b"x",
        }
    )
    opened = open_file(content)
    assert (opened.kind, [sheet.name for sheet in opened.sheets]) == ("zip", ["a.xlsx/数据", "b.csv"])
    assert [(remark.kind, remark.values["name"]) for remark in opened.remarks] == [("member_not_read", "说明.pdf")]


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"../a.csv": delimited([HEADERS, ROW])}, "damaged"),
        ({"/etc/a.csv": b"x"}, "damaged"),
        ({"c:\\a.csv": b"x"}, "damaged"),
        ({"a.zip": zipped({"a.csv": b"x"})}, "no_table"),
        ({"a.csv": b"0" * (30 * 2**20)}, "too_large"),
    ],
)
def test_archives_that_would_do_harm_are_refused(members: dict[str, bytes], problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        open_file(zipped(members))
    assert caught.value.problem == problem


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + SPREADSHEETML[21:].encode(),
        zipped(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "styles.xml": b"",
                "content.xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>',
            }
        ),
    ],
)
def test_entities_are_never_expanded(content: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        open_file(content)
    assert "实体" in caught.value.detail


def test_a_workbook_with_errors_formulas_merged_and_hidden_cells() -> None:
    sink = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["a", "b", "c"], ["x", "=1+1", "#N/A"], ["y", None, 5], [None, None, 6]):
        sheet.append(row)
    sheet.merge_cells("A3:B4")
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.create_sheet("藏").sheet_state = "hidden"
    book.epoch = CALENDAR_MAC_1904
    book.save(sink)
    first, second = open_file(sink.getvalue()).sheets
    assert first.head(9) == [["a", "b", "c"], ["x", "#公式无结果", "#N/A"], ["y", "y", "5"], ["y", "y", "6"]]
    assert (first.hidden_rows, first.hidden_columns, first.is_1904, first.is_hidden) == ({2}, 1, True, False)
    assert second.is_hidden


def test_one_stray_cell_far_out_costs_nothing() -> None:
    sink = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADERS))
    sheet.append(list(ROW))
    sheet["XFD1048576"] = "x"
    book.save(sink)
    opened = open_file(sink.getvalue()).sheets[0]
    assert opened.head(2) == [list(HEADERS), list(ROW)]
    assert opened.numbers.to_pylist()[:2] == [1, 2]


def test_parts_of_one_table_under_several_keys() -> None:
    content = '{"一月": [{"a": 1, "b": 2}], "二月": [{"a": 3, "b": 4}, {"a": 5}], "码": [{"z": 1}]}'.encode()
    sheets = open_file(content).sheets
    assert [(sheet.name, sheet.height - 1) for sheet in sheets] == [("一月", 1), ("二月", 2)]


def test_limits_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "limits.yaml"
    settings.write_text("rows: 3\n", "utf-8")
    monkeypatch.setenv("SKILLS_LIMITS", str(settings))
    limits.cache_clear()
    try:
        with pytest.raises(Unreadable, match="too_large"):
            open_file(delimited([HEADERS, *[ROW] * 3]))
        assert open_file(delimited([HEADERS, *[ROW] * 2])).sheets[0].height == 3
        settings.write_text("rows: many\n", "utf-8")
        limits.cache_clear()
        with pytest.raises(OperatorError, match="rows"):
            limits()
    finally:
        limits.cache_clear()


PROPERTY = ("skills_correction", "CAB-training_record-2026-01-0123456789ab")


def xlsx_with_properties() -> bytes:
    """Both ways of a workbook: a property of the document, and a name of one sheet alone; and a name of a range."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        page = book.add_worksheet("一月 (2)")
        page.write_row(0, 0, HEADERS)
        book.set_custom_property(*PROPERTY)
        book.define_name(f"'一月 (2)'!{PROPERTY[0]}", f'="{PROPERTY[1]}"')
        book.define_name("打印区", "='一月 (2)'!$A$1:$B$2")
    return sink.getvalue()


class NamingBook(xlwt.Workbook):  # type: ignore[misc]
    """A workbook with a defined name of a text, which xlwt has no call for."""

    def _Workbook__all_links_rec(self) -> bytes:
        name, text = (part.encode("latin-1") for part in PROPERTY)
        formula = bytes([0x17, len(text), 0]) + text
        body = struct.pack("<HBBHHHBBBBB", 0, 0, len(name), len(formula), 0, 0, 0, 0, 0, 0, 0) + name + formula
        return struct.pack("<HH", 0x18, len(body)) + body


def xls_with_name() -> bytes:
    sink = io.BytesIO()
    book = NamingBook()
    book.add_sheet("数据").write(0, 0, HEADERS[0])
    book.save(sink)
    return sink.getvalue()


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
ODS_CONTENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="{OFFICE}:office:1.0" xmlns:table="{OFFICE}:table:1.0"
    xmlns:text="{OFFICE}:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="数据"><table:table-row><table:table-cell office:value-type="string"><text:p>姓名</text:p>
</table:table-cell></table:table-row><table:named-expressions><table:named-expression table:name="{PROPERTY[0]}"
    table:base-cell-address="$数据.$A$1" table:expression="of:=&quot;{PROPERTY[1]}&quot;"/></table:named-expressions>
</table:table></office:spreadsheet></office:body></office:document-content>"""
ODS_ABOUT = f"""<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office="{OFFICE}:office:1.0"
    xmlns:meta="{OFFICE}:meta:1.0"><office:meta><meta:user-defined meta:name="{PROPERTY[0]}">{PROPERTY[1]}
</meta:user-defined></office:meta></office:document-meta>"""
XML_2003 = f"""<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
    xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Names><NamedRange ss:Name="{PROPERTY[0]}"
    ss:RefersTo="=&quot;{PROPERTY[1]}&quot;"/></Names><Worksheet ss:Name="数据"><Table><Row><Cell>
<Data ss:Type="String">姓名</Data></Cell></Row></Table></Worksheet></Workbook>"""


def of_parts(parts: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return sink.getvalue()


def ods(**more: bytes) -> bytes:
    return of_parts(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": ODS_CONTENT.encode(),
            "styles.xml": b"<a/>",
            **{f"{name}.xml": content for name, content in more.items()},
        }
    )


@pytest.mark.parametrize(
    ("content", "times"),
    [
        (xlsx_with_properties(), 2),
        (xls_with_name(), 1),
        (ods(), 1),
        (ods(meta=ODS_ABOUT.encode()), 2),
        (XML_2003.encode(), 1),
        (of_parts({"一.xlsx": xlsx_with_properties(), "二.ods": ods()}), 3),
        (xlsx([HEADERS]), 0),
        (xls([HEADERS]), 0),
        (delimited([HEADERS, ROW]), 0),
    ],
)
def test_texts_that_a_workbook_keeps_under_a_name_are_read(content: bytes, times: int) -> None:
    opened = open_file(content)
    assert list(opened.properties) == [PROPERTY] * times
    assert opened.sheets[0].height == (2 if opened.kind == "csv" else 1)


def test_a_document_property_may_hold_no_entities() -> None:
    content = ods(meta=b'<!DOCTYPE x [<!ENTITY a "b">]><office:document-meta/>')
    with pytest.raises(Unreadable):
        open_file(content)


@pytest.mark.parametrize(
    "content",
    [
        '姓名,证件号码,机构\n张丰,="11010519491231002X",甲\n'.encode("gb18030"),
        '"姓名", "证件号码", "机构"\n"张丰", "11010519491231002X", "甲"\n'.encode(),
        "姓名\x01证件号码\x01机构\n张丰\x0111010519491231002X\x01甲\n".encode(),
        "姓名,证件号码,机构\r\n张丰,11010519491231002X,甲\r\n\x1a".encode(),
    ],
)
def test_texts_as_exports_write_them(content: bytes) -> None:
    (sheet,) = open_file(content).sheets
    rows = [row for row in sheet.head(9) if any(row)]
    assert rows == [["姓名", "证件号码", "机构"], ["张丰", "11010519491231002X", "甲"]]


@pytest.mark.parametrize(("stated", "told"), [(25, ["records_missing"]), (2, []), (1, [])])
def test_a_page_of_records_tells_that_others_are_missing(stated: int, told: list[str]) -> None:
    page = f'{{"data": {{"total": {stated}, "size": 2, "pages": 9, "records": [{{"a": 1}}, {{"a": 2}}]}}}}'
    assert [remark.kind for remark in open_file(page.encode()).remarks] == told


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_text_in_pieces_is_what_it_is_whole(quote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of different lengths, blank lines, and with quotes a record of two lines and a formula of a text."""
    lines = [",".join(f"{quote}{cell}{quote}" for cell in row) for row in (("a", "b"), ("c",), ("d", "e", "f"))]
    lines += ["", *lines] + (['"g\nh","=""0123"""'] if quote else [])
    content = "\n".join(lines * 3).encode()
    whole = open_file(content).sheets[0]
    monkeypatch.setattr(delimited_text, "CHUNK_ROWS", 2)
    monkeypatch.setattr(delimited_text, "BLOCK_CHARACTERS", 7)
    pieces = open_file(content).sheets[0]
    assert pieces.columns == whole.columns
    assert pieces.numbers.equals(whole.numbers)
    assert len(whole.columns) == 3
    assert whole.height == len(lines) * 3
