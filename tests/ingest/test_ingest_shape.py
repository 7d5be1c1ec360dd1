"""Text becomes values: for every kind, over several submissions, whatever the file was."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.read import read
from ingest.shape import Shaped, shape
from tests.ingest.files import HEADERS, ROW, delimited, records, xls, xlsx
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Submission
from warehouse.vocabulary.tables import shaped_schema

SUBMISSION = Submission("training_record", "CAB", "CAB", "2026-01", "a" * 64)
KEY = SUBMISSION.submission_id


def shaped(content: bytes) -> pa.Table:
    table, reading = read(content, "x", "training_record", submission_id=KEY)
    assert reading.problem is None
    return shape("training_record", table, {KEY: SUBMISSION})


def test_every_kind_of_value() -> None:
    headers = [*HEADERS, "出生日期", "出勤率", "联系电话", "单位统一社会信用代码", "序号", "备注"]
    row = [
        "张 丰",
        "‘11010519491231002x",
        "SZ-1",
        "02、6",
        "40学时",
        "合格",
        "是",
        "1949年12月31日",
        "95%",
        "138 0000 0000",
        "91350100m000100y43",
        "7",
        "无",
    ]
    table = shaped(delimited([headers, row]))
    assert table.schema == shaped_schema(contract.dataset("training_record"))
    got = table.to_pylist()[0]
    assert (
        got
        | {
            "person_name": "张丰",
            "id_type": "01",
            "id_no": "11010519491231002X",
            "person_category": "02;06",
            "attended_hours": Decimal("40.0000"),
            "exam_result": "1",
            "completed": True,
            "birth_date": dt.date(1949, 12, 31),
            "attendance_rate": Decimal("0.950000"),
            "mobile": "13800000000",
            "employer_uscc": "91350100M000100Y43",
            "source_row_no": 7,
            "remark": None,
            "remark__sent": "无",
            "id_no__sent": "‘11010519491231002x",
            "department_code": "CAB",
            "unit_code": "CAB",
            "period": "2026-01",
            "period_start_date": dt.date(2026, 1, 1),
            "period_end_date": dt.date(2026, 1, 31),
            "birth_date__flaw": None,
        }
        == got
    )


def test_what_cannot_be_typed_is_marked_and_nothing_else() -> None:
    headers = [*HEADERS, "出生日期"]
    rows = [[*ROW, "2025-02-30"], [*ROW, "无"], [*ROW, ""], [*ROW, "1990-01-01"]]
    table = shaped(delimited([headers, *rows]))
    assert table["birth_date"].to_pylist() == [None, None, None, dt.date(1990, 1, 1)]
    assert table["birth_date__flaw"].to_pylist() == ["type", None, None, None]


def test_why_a_cell_gives_no_value_is_told() -> None:
    headers = [*HEADERS, "出生日期", "工作单位", "性别"]
    rows = [
        [*ROW, "1990年3月", "同上", "#N/A"],
        [*ROW, "1990.3.1-1990.3.5", "#公式无结果", "〃"],
        [*ROW, "同上", "无", "男"],
    ]
    table = shaped(delimited([headers, *rows]))
    assert table["birth_date__flaw"].to_pylist() == ["month", "span", "ditto"]
    assert table["employer_name__flaw"].to_pylist() == ["ditto", "error", None]
    assert table["sex__flaw"].to_pylist() == ["error", "ditto", None]
    assert table["sex"].to_pylist() == [None, None, "1"]
    assert len(set(table["row_hash"].to_pylist())) == 3


def test_what_is_hidden_lost_or_counted_from_1970_gives_no_value() -> None:
    headers = [*HEADERS, "出生日期", "联系电话", "工作单位"]
    hidden = [*ROW[:1], "110105********002X", *ROW[2:], "-631152000000", "138****8000", "锟斤拷"]
    starred = ["张*", *ROW[1:], "1990-**-**", "13800000000", "五*星公司"]
    table = shaped(delimited([headers, hidden, starred]))
    assert table["id_no__flaw"].to_pylist() == ["masked", None]
    assert table["id_no"].to_pylist() == [None, ROW[1]]
    assert table["birth_date__flaw"].to_pylist() == ["timestamp", "masked"]
    assert table["mobile__flaw"].to_pylist() == ["masked", None]
    assert table["person_name__flaw"].to_pylist() == [None, "masked"]
    assert table["employer_name__flaw"].to_pylist() == ["garbled", None]  # a firm may have a star in its name


def test_several_choices_on_lines_of_one_cell() -> None:
    written = ["退役军人\n残疾人", "退役\n军人", "09\r\n10\r\n", "退役军人\n外星人"]
    table = shaped(xlsx([HEADERS, *[[*ROW[:3], categories, *ROW[4:]] for categories in written]]))
    assert table["person_category"].to_pylist() == ["09;10", "09", "09;10", "09;外星人"]


@pytest.mark.parametrize(
    "written", ["2026", 2026.0, "2026年", "2026-01-01", "1905-07-18", dt.date(2026, 1, 1), "二〇二六"]
)
def test_a_year_that_became_a_date(written: object) -> None:
    rows = [["统一社会信用代码", "企业名称", "年度", "职工人数"], ["91350100M000100Y43", "甲", written, "2026-01-01"]]
    table = read(xlsx(rows), "x", "education_fund", submission_id="S")[0]
    row = shape("education_fund", table, {"S": SUBMISSION}).to_pylist()[0]
    assert (row["year"], row["employees"], row["employees__flaw"]) == (2026, None, "type")


def test_a_row_under_other_headers_gives_no_value_and_stays_itself() -> None:
    rows = [[*ROW[:3], "另", *ROW[3:]], [*ROW[:3], "别", *ROW[3:]]]
    table = shaped(delimited([HEADERS, *[ROW] * 6, *rows]))
    assert table["row_flaw"].to_pylist() == [None] * 6 + ["shifted"] * 2
    last = table.slice(6).to_pylist()
    assert {row[field.name] for row in last for field in contract.dataset("training_record").fields} == {None}
    assert {row[field.flaw] for row in last for field in contract.dataset("training_record").fields} == {None}
    assert last[0]["id_no__sent"] == ROW[1]
    assert len(set(table["row_hash"].to_pylist())) == 3


def test_both_ends_of_a_span_in_one_column() -> None:
    names = ["班级编号", "开班日期", "结业日期"]
    both = [[*names, "计划课时"], ["A", "2026.3.1-2026.3.15", "2026年3月1日至15日", "40"]]
    spanned = [["班级编号", "培训起止日期", "计划课时"], ["A", "2026-03-01~2026-03-15", "40"]]
    for rows in (both, spanned):
        table = read(delimited(rows), "x", "training_class", submission_id="S")[0]
        row = shape("training_class", table, {"S": SUBMISSION}).to_pylist()[0]
        assert (row["start_date"], row["end_date"]) == (dt.date(2026, 3, 1), dt.date(2026, 3, 15))


def test_an_unknown_code_stays_for_the_check() -> None:
    table = shaped(delimited([[*HEADERS, "性别"], [*ROW, "不男不女"], [*ROW, "/"], [*ROW, "女"]]))
    assert table["sex"].to_pylist() == ["不男不女", None, "2"]


def test_a_number_for_an_identity_number_is_seen() -> None:
    row = list(ROW)
    table = shaped(xlsx([HEADERS, [row[0], 440301199001011234, *row[2:]]]))
    assert table["id_no"].to_pylist() == ["4.40301199001011E+17"]


def test_the_row_hash_sees_content_only() -> None:
    headers = [*HEADERS, "序号", "出生日期"]
    rows = [
        [*ROW, "1", "1949-12-31"],
        [" 张　丰 ", *ROW[1:], "2", "1949.12.31"],
        [*ROW, "3", "1949-12-30"],
        [*ROW, "4", "坏日期"],
        [*ROW, "5", "更坏"],
    ]
    hashes = shaped(delimited([headers, *rows]))["row_hash"].to_pylist()
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 4


def test_submissions_are_ordered() -> None:
    other = Submission("training_record", "AAA", "AAA", "2026-02", "b" * 64)
    tables = [
        read(delimited([HEADERS, ROW, ROW]), "x", "training_record", submission_id=submission.submission_id)[0]
        for submission in (SUBMISSION, other)
    ]
    table = shape(
        "training_record",
        pa.concat_tables(tables),
        {submission.submission_id: submission for submission in (SUBMISSION, other)},
    )
    assert table["submission_id"].to_pylist() == [other.submission_id] * 2 + [KEY] * 2
    assert table["row_index"].to_pylist() == [1, 2, 1, 2]
    assert table["period"].to_pylist() == ["2026-02"] * 2 + ["2026-01"] * 2


def test_no_rows_have_the_schema_too() -> None:
    table = shape("training_record", read(b"[]", "x", "training_record")[0], {})
    assert table.num_rows == 0
    assert table.schema == shaped_schema(contract.dataset("training_record"))


CELL = st.text(
    st.characters(codec="gb18030", exclude_categories=["C"], exclude_characters="\u0085\u2028\u2029"), max_size=8
)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(CELL, st.dates(dt.date(1950, 1, 1), dt.date(2020, 1, 1)), st.integers(0, 99)), min_size=1, max_size=4
    )
)
def test_a_table_reads_the_same_from_every_kind_of_file(cells: list[tuple[str, dt.date, int]]) -> None:
    headers = [*HEADERS, "工作单位", "出生日期"]
    rows = [[*ROW[:4], str(hours), *ROW[5:], employer, day.isoformat()] for employer, day, hours in cells]
    places = ["row_number", "sheet"]
    expected = shaped(records(headers, rows)).drop_columns(places)
    for content in (
        xlsx([headers, *rows]),
        xls([headers, *rows]),
        delimited([headers, *rows]),
        delimited([headers, *rows], "gb18030", "\t"),
    ):
        assert shaped(content).drop_columns(places).equals(expected)


def test_blocks_are_shaped_as_often_as_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    table, _ = read(delimited([HEADERS, *[ROW] * 5]), "x", "training_record", submission_id=KEY)
    whole = shape("training_record", table, {KEY: SUBMISSION})
    monkeypatch.setattr("ingest.shape.BLOCK_ROWS", 2)
    blocks = Shaped("training_record", table, {KEY: SUBMISSION})
    assert [block.num_rows for block in blocks] == [2, 2, 1]
    assert pa.concat_tables(list(blocks)).equals(whole)
    assert blocks[2].equals(blocks[2])


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_a_few_blocks_are_shaped_once(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    table, _ = read(delimited([HEADERS, *[ROW] * rows]), "x", "training_record", submission_id=KEY)
    whole = shape("training_record", table, {KEY: SUBMISSION})
    monkeypatch.setattr("ingest.shape.BLOCK_ROWS", 2)
    blocks = Shaped("training_record", table, {KEY: SUBMISSION})
    assert all(blocks[at] is blocks[at] for at in range(len(blocks)))
    assert pa.concat_tables(list(blocks)).equals(whole)
