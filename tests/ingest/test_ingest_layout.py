"""Finding the table: headers of several rows, what stands above them, near misses, spans, totals and examples."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ingest.headers import HeaderIndex, of_contract
from ingest.layout import find_layout
from ingest.read import read
from ingest.readers.sheet import Merge, Sheet, columns_of
from ingest.rows import take
from tests.ingest.files import HEADERS, ROW, delimited, xlsx
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Remark

DATASET = "training_record"
CLASS = "training_class"


def sheet(rows: list[list[str | None]], merged: tuple[Merge, ...] = ()) -> Sheet:
    filled = [list(row) for row in rows]
    for merge in merged:
        for row in filled[merge.top : merge.bottom + 1]:
            row[merge.left : merge.right + 1] = [filled[merge.top][merge.left]] * (merge.right - merge.left + 1)
    return Sheet("数据", columns_of(filled), pa.array(range(1, len(rows) + 1), pa.int64()), merged=merged)


def mapped(sheet_read: Sheet, dataset: str = DATASET) -> dict[str, tuple[str, ...]]:
    layout = find_layout(sheet_read, of_contract(dataset))
    assert layout is not None
    return {column.header: column.fields for column in layout.columns}


def test_groups_above_columns_are_joined_by_merged_cells() -> None:
    rows: list[list[str | None]] = [
        ["姓名", "证件号码", "班级编号", "成绩", None, "考核结果"],
        [None, None, None, "理论", "实操", None],
        ["张丰", "11010519491231002X", "A1", "80", "90", "1"],
    ]
    down = tuple(Merge(0, at, 1, at) for at in (0, 1, 2, 5))
    grouped = sheet(rows, (*down, Merge(0, 3, 0, 4)))
    assert mapped(grouped)["成绩_理论"] == ("theory_score",)
    assert mapped(grouped)["成绩_实操"] == ("practice_score",)
    assert mapped(grouped)["姓名"] == ("person_name",)
    layout = find_layout(grouped, of_contract(DATASET))
    assert layout is not None
    assert (layout.header_at, layout.data_at) == (0, 2)
    assert take(layout, contract.dataset(DATASET)).places.tolist() == [2]


def test_a_line_above_a_header_of_two_rows_is_no_part_of_it() -> None:
    rows: list[list[str | None]] = [
        ["某局2026年1月明细", None, None, None],
        ["填报单位:某局", None, None, None],
        ["姓名", "成绩", None, "班级编号"],
        [None, "理论", "实操", None],
        ["张丰", "80", "90", "A1"],
    ]
    merges = (Merge(0, 0, 0, 3), Merge(2, 0, 3, 0), Merge(2, 3, 3, 3), Merge(2, 1, 2, 2))
    assert set(mapped(sheet(rows, merges))) == {"姓名", "成绩_理论", "成绩_实操", "班级编号"}


def test_groups_in_a_text_file_stand_over_the_empty_cells_beside_them() -> None:
    table, reading = read(
        delimited(
            [
                ["姓名", "证件号码", "班级编号", "人员类别", "实际课时", "成绩", "", "考核结果", "是否结业"],
                ["", "", "", "", "", "理论", "实操", "", ""],
                [*ROW[:5], "80", "90", *ROW[5:]],
            ]
        ),
        "x.csv",
        DATASET,
    )
    assert reading.mapped["成绩_实操"] == "practice_score"
    assert table["theory_score__sent"].to_pylist() == ["80"]
    assert reading.missing == ()


def test_three_rows_of_header() -> None:
    rows: list[list[str | None]] = [
        ["学员", None, None, "培训", None],
        ["基本信息", None, "类别", "结果", None],
        ["姓名", "证件号码", "人员类别", "考核结果", "是否结业"],
        ["张丰", "11010519491231002X", "02", "1", "1"],
    ]
    merges = (Merge(0, 0, 0, 2), Merge(0, 3, 0, 4), Merge(1, 0, 1, 1), Merge(1, 3, 1, 4))
    assert set(mapped(sheet(rows, merges)).values()) == {
        ("person_name",),
        ("id_no",),
        ("person_category",),
        ("exam_result",),
        ("completed",),
    }


def test_a_title_and_a_block_of_names_and_values_are_no_header_rows() -> None:
    rows: list[list[str | None]] = [
        ["某区2026年1月培训明细", None, None, None, None],
        ["班级编号", "SZ-1", "开班日期", "2026-01-05", None],
        ["姓名", "证件号码", "人员类别", "考核结果", "是否结业"],
        ["张丰", "11010519491231002X", "02", "1", "1"],
    ]
    layout = find_layout(sheet(rows, (Merge(0, 0, 0, 4), Merge(1, 3, 1, 4))), of_contract(DATASET))
    assert layout is not None
    assert (layout.header_at, len(layout.header)) == (2, 1)


@pytest.mark.parametrize(
    "above",
    [
        ["培训机构:某校", None, "班级编号:SZ-1"],
        ["班级编号", "SZ-1", "联系电话", "13800000000"],
        ["班级编号：SZ-1  开班日期：2026年1月5日"],
        ["班级编号:", "SZ-1"],
    ],
)
def test_what_is_said_above_the_header_holds_for_every_row(above: list[str | None]) -> None:
    headers, row = [*HEADERS[:2], *HEADERS[3:]], [*ROW[:2], *ROW[3:]]
    table, reading = read(xlsx([above, headers, row, row]), "x.xlsx", DATASET)
    assert table["class_id__sent"].to_pylist() == ["SZ-1", "SZ-1"]
    assert table["mobile__sent"].null_count == 2
    assert reading.missing == ()
    assert reading.mapped["班级编号"] == "class_id"


def test_a_column_comes_before_what_stands_above() -> None:
    table, _ = read(xlsx([["班级编号:SZ-9"], HEADERS, ROW]), "x.xlsx", DATASET)
    assert table["class_id__sent"].to_pylist() == ["SZ-CAB-0001"]


def test_members_beside_json_records_hold_for_every_record() -> None:
    content = '{"班级编号": "SZ-1", "data": [{"姓名": "张丰", "证件号码": "1", "考核结果": "1"}]}'.encode()
    table, _ = read(content, "x", DATASET)
    assert table["class_id__sent"].to_pylist() == ["SZ-1"]


def test_a_near_miss_is_named_and_never_taken() -> None:
    table, reading = read(delimited([["姓名", "身份证好码", *HEADERS[2:]], ROW]), "x.csv", DATASET)
    assert reading.missing == ("id_no",)
    assert reading.remarks == (Remark("near_miss", {"header": "身份证好码"}, "id_no"),)
    assert table["id_no__sent"].null_count == 1


def test_a_column_that_is_there_is_not_suggested() -> None:
    assert of_contract(DATASET).nearest("证件号") == "id_no"
    _, reading = read(delimited([[*HEADERS, "证件号马"], [*ROW, "x"]]), "x.csv", DATASET)
    assert reading.remarks == ()


def test_a_span_of_dates_is_both_ends() -> None:
    index = HeaderIndex(contract.dataset(CLASS), {})
    assert index.fields("培训起止日期") == ("start_date", "end_date")
    assert index.fields("起止时间") == ("start_date", "end_date")
    assert of_contract("attendance").fields("起止时间") == ()


@pytest.mark.parametrize(
    "total",
    [
        ["合计", None, None, None, "81"],
        ["共2人", None, None, None, None],
        ["总计", "2人", None, None, "80"],
    ],
)
def test_totals_that_agree_or_not(total: list[str | None]) -> None:
    _, reading = read(xlsx([HEADERS, ROW, [*ROW[:4], "40.5", *ROW[5:]], total]), "x.xlsx", DATASET)
    assert reading.rows == 2
    told = [(remark.kind, remark.values["stated"], remark.values["counted"]) for remark in reading.remarks]
    assert (
        told
        == {"合计": [("total_differs", "81", "80.5")], "共2人": [], "总计": [("total_differs", "80", "80.5")]}[
            str(total[0])
        ]
    )


def test_subtotals_cover_the_rows_since_the_last() -> None:
    rows = [
        HEADERS,
        ROW,
        ["小计", None, None, None, "40"],
        ROW,
        ROW,
        ["小计", None, None, None, "80"],
        ["合计", None, None, None, "120"],
    ]
    _, reading = read(xlsx(rows), "x.xlsx", DATASET)
    assert (reading.rows, reading.sheets[0].left_out, reading.remarks) == (3, {"total": 3}, ())


def test_totals_above_the_rows_and_of_each_class() -> None:
    first = ["合计", None, None, None, "80"]
    assert read(xlsx([HEADERS, first, ROW, ROW]), "x.xlsx", DATASET)[1].remarks == ()
    wrong = ["合计", None, None, None, "81"]
    assert len(read(xlsx([HEADERS, wrong, ROW, ROW]), "x.xlsx", DATASET)[1].remarks) == 1
    each = ["合计", None, None, None, "40"]
    assert read(xlsx([HEADERS, ROW, each, ROW, each]), "x.xlsx", DATASET)[1].remarks == ()


@pytest.mark.parametrize("marked", ["示例", "例：", "（示例）", "示例行", "例"])
def test_the_example_row_of_a_template_is_left_out(marked: str) -> None:
    _, reading = read(xlsx([["序号", *HEADERS], [marked, *ROW], ["1", *ROW]]), "x.xlsx", DATASET)
    assert (reading.rows, reading.sheets[0].left_out) == (1, {"example": 1})
    assert reading.remarks == ()


def test_notes_that_stand_under_every_key_are_no_data() -> None:
    rows = [HEADERS, ROW, ["填表人:甲", "审核人:(签字)", "联系电话:1", "日期"]]
    _, reading = read(xlsx(rows), "x.xlsx", DATASET)
    assert (reading.rows, reading.sheets[0].left_out) == (1, {"note": 1})


def test_a_person_called_li_is_no_example() -> None:
    _, reading = read(xlsx([HEADERS, ["例外", *ROW[1:]]]), "x.xlsx", DATASET)
    assert reading.rows == 1


def test_a_sheet_with_rows_but_no_header_is_mentioned() -> None:
    content = xlsx([HEADERS, ROW], more={"续表": [ROW, ROW, ROW], "代码表": [["1", "男", "x"]] * 5, "备注": [["无"]]})
    _, reading = read(content, "x.xlsx", DATASET)
    assert reading.remarks == (Remark("sheet_without_table", {"sheet": "续表", "place": "工作表“续表”"}),)
