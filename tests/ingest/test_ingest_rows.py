"""Which rows are data: tidied blanks and headers, prepared rows, totals, second tables; and no real row is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.check import column_letters
from ingest.headers import of_contract
from ingest.layout import find_layout
from ingest.read import Job, read
from ingest.readers.sheet import Sheet, columns_of
from ingest.rows import take
from ingest.sent_tables import sent_tables
from tests.ingest.files import HEADERS, ROW, delimited, xlsx
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Reading, Remark, Submission

DATASET = "training_record"
Cells = Sequence[object]
SERVICE = ("证件类型", "姓名", "证件号码", "性别", "服务类型", "服务日期", "人员类别", "服务机构")
SERVED = ("居民身份证", "张丰", "11010519491231002X", "男", "1", "2026-01-05", "09", "某中心")
WAITING = ("居民身份证", None, None, None, "1", None, "09", "某中心")
PAYMENT = ("发放流水号", "补贴项目", "资金来源", "支付对象", "收款人", "收款人证件/信用代码", "补贴金额", "预算年度")
PAID = ("P1", "05", "01", "2", "某培训学校", "91350100M000100Y43", "2000", "2026")
CLASS_HEADERS = ("班级编号", "班级名称", "培训机构名称", "开班日期", "结业日期", "计划课时", "培训方式", "资金来源")
CLASS_ROW = ("SZ-1", "电工第1期", "某校", "2026-01-05", "2026-01-20", "40", "1", "01")
LAST = len(HEADERS) - 1


def left_out(rows: Sequence[Cells], dataset: str = DATASET) -> tuple[int, dict[str, int]]:
    reading = reading_of(rows, dataset)
    return reading.rows, reading.sheets[0].left_out


def reading_of(rows: Sequence[Cells], dataset: str = DATASET) -> Reading:
    return read(xlsx(rows), "x.xlsx", dataset)[1]


# M6: judged after tidying


@pytest.mark.parametrize("cell", ["'", "\u200b", "\ufeff", "\u00a0\u3000", "\u200e'", "`", "\u2060 \ufeff"])
def test_a_row_that_holds_nothing_once_tidied_is_blank(cell: str) -> None:
    empty = [cell, *[None] * (LAST - 1), cell]
    for rows in ([HEADERS, ROW, empty], [HEADERS, empty, ROW], [HEADERS, ROW, [None, cell], [cell] * 2]):
        content = delimited(rows)
        _, reading = read(content, "x.csv", DATASET)
        assert reading.rows == 1
        assert set(reading.sheets[0].left_out) == {"blank"}
        assert not reading.remarks


@pytest.mark.parametrize("stroke", ["/", "-", "——", "／"])
def test_a_row_struck_through_is_blank(stroke: str) -> None:
    assert left_out([HEADERS, ROW, [stroke] * len(HEADERS)]) == (1, {"blank": 1})
    assert left_out([HEADERS, ROW, [ROW[0], *[stroke] * LAST]])[0] == 2


@pytest.mark.parametrize("mark", ["'{}", "\u200b{}", "\ufeff{}", "{}\u200b", "\x1a{}", " {}\u3000", "`{}"])
def test_a_header_is_known_as_it_reads_tidied(mark: str) -> None:
    marked = [mark.format(header) for header in HEADERS]
    assert left_out([marked, ROW]) == (1, {})
    assert left_out([HEADERS, ROW, marked, ROW]) == (2, {"header": 1})
    assert left_out([HEADERS, ROW, [marked[0], *HEADERS[1:]], ROW]) == (2, {"header": 1})


def test_files_that_were_put_together_keep_no_mark_in_the_middle() -> None:
    """`copy a.csv + b.csv`: a byte order mark and a header in the middle, and the end of file of old programs."""
    content = delimited([HEADERS, ROW]) + delimited([HEADERS, ROW, ROW]) + b"\x1a"
    table, reading = read(content, "x.csv", DATASET)
    assert reading.rows == 3
    assert set(table["person_name__sent"].to_pylist()) == {ROW[0]}
    assert not reading.remarks


@pytest.mark.parametrize("word", ["\ufeff合计", "'合计", "\u200b合\u3000计", "\x1a小计"])
def test_totals_and_notes_are_known_as_they_read_tidied(word: str) -> None:
    assert left_out([HEADERS, ROW, [word, None, None, None, "40"]]) == (1, {"total": 1})
    assert left_out([HEADERS, ROW, ["\ufeff填表人：甲"], ["'1.按实际填"]]) == (1, {"note": 2})


# M7: prepared rows


def numbered(rows: Sequence[Cells], header: str = "序号") -> list[list[object]]:
    return [[header, *rows[0]], *([number, *row] for number, row in enumerate(rows[1:], 1))]


PREPARED: dict[str, tuple[str, Sequence[Cells]]] = {
    "choices and a constant": ("support_service", numbered([SERVICE, SERVED, *[WAITING] * 50])),
    "numbers under another name": ("support_service", numbered([SERVICE, SERVED, *[WAITING] * 3], "No.")),
    "numbers with letters": (
        "support_service",
        [["编码", *SERVICE], ["A-001", *SERVED], *([f"A-{number:03d}", *WAITING] for number in range(2, 40))],
    ),
    "formulas that give nothing": (
        "support_service",
        [SERVICE, SERVED, *[["居民身份证", "", "#N/A", "女", "1", "1900-01-00", "09", "某中心"]] * 20],
    ),
    "zeros": ("support_service", [SERVICE, SERVED, *[["居民身份证", "0", 0, "女", "1", 0, "09", "某中心"]] * 20]),
    "a class said in advance": (DATASET, [HEADERS, ROW, *[[None, None, ROW[2], "02", None, "1", None]] * 9]),
    "everything but the person": (DATASET, [HEADERS, ROW, *[[None, None, *ROW[2:]]] * 30]),
    "no person in a table of money": (
        "subsidy_payment",
        [PAYMENT, PAID, *[[None, "05", "01", "2", None, None, "0", "2026"]] * 12],
    ),
    "a table of classes": (
        "training_class",
        [CLASS_HEADERS, CLASS_ROW, *[[None, None, "某校", None, None, None, "1", "01"]] * 5],
    ),
    "two defaults": (
        "support_service",
        [SERVICE, SERVED, *[WAITING] * 4, *[["居民身份证", None, None, None, "2", None, "10", "某中心"]] * 6],
    ),
    "a total below": (
        "support_service",
        [SERVICE, SERVED, *[WAITING] * 4, ["合计", None, None, None, None, None, None, "1"], ["填表人：甲"]],
    ),
}


@pytest.mark.parametrize("name", PREPARED)
def test_rows_that_nobody_filled_in_are_left_out_and_told(name: str) -> None:
    dataset, rows = PREPARED[name]
    reading = reading_of(rows, dataset)
    assert reading.rows == 1
    (told,) = [remark for remark in reading.remarks if remark.kind in ("prepared_rows", "rows_without_person")]
    assert told.values["count"] == str(reading.sheets[0].left_out["prepared"])
    assert told.values["rows"].startswith("3–")
    assert told.kind == ("rows_without_person" if name == "everything but the person" else "prepared_rows")


def test_rows_prepared_between_filled_ones_are_left_out_where_the_end_shows_them() -> None:
    reading = reading_of([SERVICE, SERVED, WAITING, SERVED, WAITING, WAITING], "support_service")
    assert (reading.rows, reading.sheets[0].left_out) == (2, {"prepared": 3})
    said = {"sheet": "数据", "place": "工作表“数据”", "rows": "3、5–6", "count": "3"}
    assert reading.remarks == (Remark("prepared_rows", said),)
    reading = reading_of([SERVICE, SERVED, *[WAITING] * 5, SERVED], "support_service")
    assert reading.rows == 2
    reading = reading_of([SERVICE, SERVED, *[WAITING] * 4, SERVED], "support_service")
    assert reading.rows == 6


LACKING: dict[str, Sequence[Cells]] = {
    "one row": [HEADERS, ROW, [None, None, *ROW[2:]]],
    "as many as may be mistakes": [HEADERS, ROW, *[[None, None, *ROW[2:]]] * 4],
    "hours that differ": [
        HEADERS,
        ROW,
        *([None, None, *ROW[2:4], str(hours), *ROW[5:]] for hours in (38, 39, 40, 36, 40, 41)),
    ],
    "between filled rows": [HEADERS, ROW, *[[None, None, *ROW[2:]]] * 9, ROW],
    "a name without a number": [HEADERS, ROW, *[[ROW[0], None, ROW[2], "02", None, "1", None]] * 9],
    "a number without a name": [HEADERS, ROW, *[[None, ROW[1], ROW[2], "02", None, "1", None]] * 9],
    "a remark that somebody wrote": [
        [*HEADERS, "备注"],
        [*ROW, None],
        *([None, None, None, "02", None, "1", "1", text] for text in ("补考", "请假", "转班", "待查", "病假")),
    ],
}


@pytest.mark.parametrize("name", LACKING)
def test_a_row_whose_person_is_missing_beside_real_values_is_a_row(name: str) -> None:
    assert left_out(LACKING[name]) == (len(LACKING[name]) - 1, {})


def test_classes_that_differ_in_a_number_alone_are_classes() -> None:
    rows = [[f"SZ-{number}", f"电工第{number}期", *CLASS_ROW[2:]] for number in range(1, 9)]
    assert left_out([CLASS_HEADERS, *rows], "training_class")[0] == 8
    assert left_out([CLASS_HEADERS, CLASS_ROW, *[[None, *CLASS_ROW[1:]]] * 3], "training_class")[0] == 4


# M8: totals


@pytest.mark.parametrize(
    "word",
    [
        *("汇总", "总计", "总计数", "合计", "小计", "合 计", "总 计：", "共计", "累计", "总和", "合计数", "人数合计"),
        *("以上合计", "全市合计", "本月小计", "本年累计", "总计平均值", "Total", "Grand Total", "Count", "合计（人）"),
    ],
)
def test_a_total_by_any_of_its_names_is_none_of_the_rows(word: str) -> None:
    for rows in ([word, None, None, None, "40"], [None, word, None, None, "40"], [word, "1", None, None, "40"]):
        assert left_out([HEADERS, ROW, rows]) == (1, {"total": 1})


@pytest.mark.parametrize(
    "label",
    ["SZ-CAB-0001 汇总", "02 计数", "合格 小计", "福田区合计", "电工 平均值", "总计数", "1 Total", "电工 最大值"],
)
@pytest.mark.parametrize("at", [0, 2, LAST])
def test_the_totals_of_groups_wherever_their_name_stands(label: str, at: int) -> None:
    row: list[object] = [None, None, None, None, "40", None, None]
    row[at] = label
    assert left_out([HEADERS, ROW, row, ROW, row]) == (2, {"total": 2})


def test_a_total_that_counts_under_the_key_is_none_of_the_rows() -> None:
    assert left_out([PAYMENT, PAID, ["1", "总计数"]], "subsidy_payment") == (1, {"total": 1})
    assert left_out([HEADERS, ROW, ROW, ["总计数", "2", "2", None, "2"]]) == (2, {"total": 1})


@pytest.mark.parametrize("name", ["合计", "小计远", "汇总", "某某 汇总", "李计数", "王合计"])
def test_a_person_called_like_a_total_is_data(name: str) -> None:
    assert left_out([HEADERS, ROW, [name, *ROW[1:]]]) == (2, {})
    assert left_out([HEADERS, ROW, [name, ROW[1], None, *ROW[3:]]])[0] == 2
    lacking = [PAYMENT, PAID, [None, *PAID[1:4], f"{name}学校汇总", *PAID[5:]]]
    assert left_out(lacking, "subsidy_payment")[0] == 2


@pytest.mark.parametrize(
    ("totals", "told"),
    [
        ([["02 计数", None, None, None, "2"]], []),
        ([["02 计数", None, None, None, "3"]], [("3", "2")]),
        ([["02 平均值", None, None, None, "40"]], []),
        ([["汇总", None, None, None, "80"]], []),
        ([["汇总", None, None, None, "2"]], []),
        ([["汇总", None, None, None, "90"]], [("90", "80")]),
        ([["累计", None, None, None, "900"]], []),
        ([["A 汇总", None, None, None, "80"], ["甲 汇总", None, None, None, "80"], ["总计", *[None] * 3, "80"]], []),
    ],
)
def test_totals_are_compared_by_what_they_say(totals: Sequence[Cells], told: list[tuple[str, str]]) -> None:
    remarks = reading_of([HEADERS, ROW, ROW, *totals]).remarks
    assert [(remark.values["stated"], remark.values["counted"]) for remark in remarks] == told


# M9: second tables

TURNED, OTHER = HEADERS[::-1], ["2", "1", "40", "02", "SZ-2", "440305199001010017", "李雷"]
BELOW: dict[str, Sequence[Cells]] = {
    "turned round": [TURNED, OTHER],
    "with a column more": [["序号", *TURNED], ["1", *OTHER]],
    "by other names": [["身份证号", "学员姓名", "班级编号", "人员类别", "实际课时", "考核结果", "是否结业"], []],
    "moved to the right": [[None, *HEADERS], [None, *OTHER[::-1]]],
    "below a title": [["二、街道补报"], TURNED, OTHER],
    "below a title and a blank": [[None], ["二、补报", None, "2026年1月"], [None], TURNED, OTHER],
}
BELOW["by other names"] = [BELOW["by other names"][0], [OTHER[5], OTHER[6], *OTHER[4::-1]]]


@pytest.mark.parametrize("name", BELOW)
def test_a_second_table_is_read_by_its_own_header(name: str) -> None:
    table, reading = read(xlsx([HEADERS, ROW, ROW, [None], *BELOW[name]]), "x.xlsx", DATASET)
    assert table["person_name__sent"].to_pylist() == [ROW[0], ROW[0], "李雷"]
    assert table["id_no__sent"].to_pylist()[2] == "440305199001010017"
    assert table["class_id__sent"].to_pylist()[2] == "SZ-2"
    assert table["completed__sent"].to_pylist()[2] == "2"
    assert table["row_number"].to_pylist()[2] == 4 + len(BELOW[name])
    assert [remark.kind for remark in reading.remarks] == ["table_below"]
    assert reading.remarks[0].values["row"] == str(3 + len(BELOW[name]))
    assert reading.sheets[0].left_out["header"] == 1


def test_a_column_that_only_the_second_table_has_is_read() -> None:
    second = ["民族", *TURNED]
    table, reading = read(xlsx([HEADERS, ROW, second, ["x", *OTHER]]), "x.xlsx", DATASET)
    assert table.num_rows == 2
    assert "民族" in {column.header for column in reading.columns}
    table, reading = read(xlsx([HEADERS, ROW, ["联系电话", *TURNED], ["13800000000", *OTHER]]), "x.xlsx", DATASET)
    assert table["mobile__sent"].to_pylist() == [None, "13800000000"]
    assert next(column for column in reading.columns if column.field == "mobile").letter == "A"


def test_a_workbook_to_correct_shows_both_tables_as_one(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(xlsx([HEADERS, ROW, ROW, [None], ["序号", *TURNED], ["1", *OTHER]]))
    job = Job("CAB-training_record-2026-01-0123456789ab", path, "x.xlsx", DATASET, "CAB")
    (table,) = sent_tables([job])
    assert table.headers == [*HEADERS, "序号"]
    assert table.numbers == [2, 3, 6]
    assert table.rows[2] == [*OTHER[::-1], "1"]
    _, reading = job.work()
    letters = column_letters([(Submission(DATASET, "CAB", "CAB", "2026-01", "0"), reading)]).to_pylist()
    # 人员类别 stands in D and E, 证件号码 in B and G: a cell that is named must be the one that is meant.
    assert {row["field"] for row in letters} == {"source_row_no"}


def test_three_tables_in_a_sheet() -> None:
    rows = [HEADERS, ROW, TURNED, OTHER, [None, *HEADERS], [None, *OTHER[::-1]], HEADERS, ROW]
    table, reading = read(xlsx(rows), "x.xlsx", DATASET)
    assert table["person_name__sent"].to_pylist() == [ROW[0], "李雷", "李雷", ROW[0]]
    assert len(reading.remarks) == 2


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([CLASS_HEADERS, CLASS_ROW, CLASS_ROW], 2),
        ([[None], ["二、开班情况"], CLASS_HEADERS, CLASS_ROW, ["合计", "1"]], 1),
        ([["序号", *CLASS_HEADERS[:6]], ["1", *CLASS_ROW[:6]]], 1),
    ],
)
def test_a_table_of_another_dataset_is_not_read_and_told(rows: Sequence[Cells], left: int) -> None:
    reading = reading_of([HEADERS, ROW, *rows])
    assert reading.rows == 1
    (told,) = reading.remarks
    assert told.kind == "other_table"
    assert (told.values["title"], told.values["count"]) == (contract.dataset("training_class").title, str(left))
    table, reading = read(xlsx([HEADERS, ROW, *rows, HEADERS, [*ROW[:2], "SZ-9", *ROW[3:]]]), "x.xlsx", DATASET)
    assert table["class_id__sent"].to_pylist() == [ROW[2], "SZ-9"]


def test_the_same_header_again_is_no_second_table() -> None:
    reading = reading_of([HEADERS, ROW, ["二、补报"], HEADERS, ROW])
    assert (reading.rows, reading.sheets[0].left_out, reading.remarks) == (2, {"title": 1, "header": 1}, ())


# no real row is lost

KINDS = st.sampled_from(["whole", "without a person", "a name alone", "a number alone"])


def real_row(kind: str, number: int) -> Cells:
    """A row that somebody wrote; no two are alike."""
    name, id_no, class_id = f"学员{number}", f"44030519900101{number:04d}", f"SZ-{number}"
    return {
        "whole": (name, id_no, class_id, "02", "40", "1", "1"),
        "without a person": (None, None, class_id, "02", str(number), "1", "1"),
        "a name alone": (name, None, None, None, None, None, None),
        "a number alone": (None, id_no, None, "02", None, None, None),
    }[kind]


BESIDE = st.sampled_from(
    [
        [(None, None, None, "02", None, "1", None)] * 6,
        [("合计", None, None, None, "40", None, None)],
        [(None, None, "SZ-1 汇总", None, "40", None, None)],
        [("总计数", "3", "3", None, None, None, None)],
        [(None,) * 7] * 3,
        [("'", None, "\u200b", None, None, None, "\ufeff")],
        [("/",) * 7],
        [HEADERS],
    ]
)


def taken(rows: Sequence[Cells]) -> list[int]:
    """Which of the rows below the header are data."""
    sheet = Sheet("数据", columns_of([HEADERS, *rows]), pa.array(range(1, len(rows) + 2), pa.int64()))  # type: ignore[list-item]
    layout = find_layout(sheet, of_contract(DATASET))
    assert layout is not None
    return [int(place) - 1 for place in take(layout, contract.dataset(DATASET)).places]


@settings(max_examples=100, deadline=None)
@given(st.lists(KINDS, min_size=1, max_size=8), st.data())
def test_what_stands_beside_real_rows_never_changes_which_are_read(kinds: list[str], data: st.DataObject) -> None:
    real = [real_row(kind, number) for number, kind in enumerate(kinds, 30)]
    assert taken(real) == list(range(len(real)))
    rows: list[Cells] = []
    places = []
    for row in real:
        if data.draw(st.booleans()):
            rows += data.draw(BESIDE)
        places.append(len(rows))
        rows.append(row)
    rows += data.draw(BESIDE)
    assert taken(rows) == places
