"""Headers, rows left out, dialects; and that no bytes whatever raise."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import feed as feeds
from ingest.headers import of_contract, unit_of
from ingest.pool import Pool
from ingest.read import Job, read, read_many
from ingest.table_extract import column_letter
from tests.ingest.files import HEADERS, ROW, delimited, records, xls, xlsx
from warehouse.vocabulary import contract, correction_columns

DATASET = "training_record"
COUNT = len(HEADERS)


def feed_of(department: str, dataset: str, **changes: object) -> feeds.Feed:
    declared = next(feed for feed in feeds.feeds() if (feed.department, feed.dataset) == (department, dataset))
    return dataclasses.replace(declared, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "header",
    [
        "证件号码",
        " 证件\n号码 ",
        "*证件号码(必填)",
        "证件号码：",
        "身份证号",
        "ID_NO",
        "id_no",
        "证件 号码",
        "“证件号码”",
        "【必填】证件号码",
    ],
)
def test_headers_in_the_wild(header: str) -> None:
    assert of_contract(DATASET).fields(header) == ("id_no",)


def test_brackets_that_belong_to_a_header() -> None:
    index = of_contract("training_class")
    assert index.fields("职业(工种)编码") == ("occupation_code",)
    assert index.fields("职业（工种）名称") == ("occupation_name",)
    assert unit_of("补贴金额(万元)") == "万元"
    assert unit_of("出勤率（％）") == "%"
    assert unit_of("职业(工种)编码") is None


def test_titles_totals_notes_blanks_and_repeated_headers_are_left_out_and_counted() -> None:
    rows = [
        ["2026年1月培训人次实名制明细"],
        ["填报单位:某局", None, None, "报告期:2026年1月"],
        HEADERS,
        ROW,
        [None],
        HEADERS,
        ["李雷", *ROW[1:]],
        ["合　计", None, None, None, "80"],
        ["填表人:王五", None, "审核人:赵六"],
        ["说明:以上属实"],
        ["1.按实际填"],
    ]
    table, reading = read(xlsx(rows), "x.xlsx", DATASET)
    assert table["person_name__sent"].to_pylist() == ["张丰", "李雷"]
    assert table["row_number"].to_pylist() == [4, 7]
    assert table["row_index"].to_pylist() == [1, 2]
    assert table["sheet"].to_pylist() == ["数据", "数据"]
    sheet = reading.sheets[0]
    assert (sheet.header_row, sheet.rows) == (3, 2)
    assert sheet.left_out == {"title": 2, "blank": 1, "header": 1, "total": 1, "note": 3}
    assert reading.problem is None
    assert reading.missing == ()


def test_a_person_named_like_a_total_is_data() -> None:
    _, reading = read(delimited([HEADERS, ["合计", *ROW[1:]], ["小计远", *ROW[1:]]]), "x.csv", DATASET)
    assert reading.rows == 2


def test_prefilled_ordinals_alone_are_blank_rows() -> None:
    _, reading = read(xlsx([["序号", *HEADERS], ["1", *ROW], ["2"], ["3"]]), "x.xlsx", DATASET)
    assert reading.rows == 1
    assert reading.sheets[0].left_out == {"blank": 2}


def test_a_total_that_excel_calls_by_its_own_name_is_one() -> None:
    totals = [["汇总", None, None, None, "40"], ["汇 总：", None, None, None, "40"]]
    _, reading = read(xlsx([HEADERS, ROW, *totals]), "x.xlsx", DATASET)
    assert (reading.rows, reading.sheets[0].left_out) == (1, {"total": 2})


def test_rows_that_a_template_prepared_are_blank() -> None:
    """Choices set before and no person: only at the end, only alike, and never one alone."""
    chosen = [None, None, None, "02", None, "1", "1"]
    headers = ["序号", *HEADERS]
    _, reading = read(xlsx([headers, [1, *ROW], [2, *chosen], [3, *chosen], [4, *chosen]]), "x.xlsx", DATASET)
    assert (reading.rows, reading.sheets[0].left_out) == (1, {"prepared": 3})
    _, reading = read(xlsx([headers, [1, *ROW], [2, *chosen]]), "x.xlsx", DATASET)
    assert reading.rows == 2
    _, reading = read(xlsx([headers, [1, *chosen], [2, *chosen], [3, *ROW]]), "x.xlsx", DATASET)
    assert reading.rows == 3
    named = [None, ROW[1], *chosen[2:]]
    _, reading = read(xlsx([headers, [1, *ROW], [2, *named], [3, *named]]), "x.xlsx", DATASET)
    assert reading.rows == 3


def test_a_second_header_of_another_order_in_a_correction_workbook_is_told() -> None:
    """Its rows have their places; what was pasted below under other columns has none."""
    answered = f"CAB-{DATASET}-2026-01-0123456789ab"
    header = [*HEADERS, correction_columns.place_header(answered)]
    rows = [header, [*ROW, correction_columns.row_identity(answered, None, 2)], HEADERS[::-1], ROW[::-1]]
    _, reading = read(xlsx(rows), "x.xlsx", DATASET)
    assert [(remark.kind, remark.values["row"]) for remark in reading.remarks] == [("second_header", "3")]
    _, reading = read(xlsx([HEADERS, ROW, HEADERS, ROW]), "x.xlsx", DATASET)
    assert not reading.remarks


def test_a_column_without_a_header_is_told_once() -> None:
    """Beyond the header in most rows of a text it is a column; in a few each row is told (`row_alignment`)."""
    _, reading = read(delimited([HEADERS, *[(*ROW, "x")] * 8]), "x.csv", DATASET)
    (remark,) = reading.remarks
    assert (remark.kind, remark.values["count"], remark.values["rows"][:5]) == ("surplus_cells", "8", "2、3、4")
    rows = [HEADERS, *[ROW] * 8]
    rows[3] = (*ROW, "福田分站")
    for content in (delimited(rows), xlsx(rows)):
        assert not read(content, "x", DATASET)[1].remarks


def test_columns_are_mapped_and_the_others_named() -> None:
    _, reading = read(xlsx([[*HEADERS, "所属科室", None, "身份证号"], [*ROW, "一科"]]), "x.xlsx", DATASET)
    assert reading.mapped["姓名"] == "person_name"
    assert reading.ignored == ["所属科室"]
    assert reading.claimed_twice == (("id_no", ("证件号码", "身份证号")),)
    assert {column.header: column.letter for column in reading.columns}["身份证号"] == column_letter(COUNT + 2)


def test_missing_required_columns() -> None:
    _, reading = read(delimited([HEADERS[:5], ROW[:5]]), "x.csv", DATASET)
    assert reading.missing == ("exam_result", "completed")


def test_several_sheets_and_an_explanation_first() -> None:
    content = xlsx(
        [["填表说明"], ["请按要求填写"]], sheet="说明", more={"一班": [HEADERS, ROW], "二班": [HEADERS, ROW, ROW]}
    )
    table, reading = read(content, "x.xlsx", DATASET)
    assert table["sheet"].to_pylist() == ["一班", "二班", "二班"]
    assert table["row_index"].to_pylist() == [1, 2, 3]
    assert reading.file.sheets == ("说明", "一班", "二班")
    assert [sheet.name for sheet in reading.sheets] == ["一班", "二班"]


def test_another_dataset_is_named() -> None:
    wanted = [field.title for field in contract.dataset("certificate").fields]
    table, reading = read(delimited([wanted, ["x"] * len(wanted)]), "x.csv", DATASET)
    assert reading.problem == "wrong_dataset"
    assert "证书明细" in str(reading.detail)
    assert table.num_rows == reading.rows == 1


def test_no_header_is_no_table() -> None:
    _, reading = read(delimited([["a", "b"], ["1", "2"]]), "x.csv", DATASET)
    assert (reading.problem, reading.rows) == ("no_table", 0)


def test_a_header_without_rows_and_an_empty_list_are_reports_of_nothing() -> None:
    for content in (xlsx([HEADERS]), b"[]", b'{"data": []}'):
        _, reading = read(content, "x", DATASET)
        assert (reading.problem, reading.rows, reading.missing) == (None, 0, ())


def test_units_of_headers_and_titles() -> None:
    headers = [
        "发放流水号",
        "补贴金额(万元)",
        "补贴标准",
        "资金来源",
        "支付对象",
        "收款人",
        "收款人证件/信用代码",
        "预算年度",
        "补贴项目",
    ]
    row = ["P1", "0.2", "300元", "01", "1", "某某", "x", "2026", "01"]
    table, _ = read(delimited([headers, row]), "x.csv", "subsidy_payment")
    assert table["amount__sent"].to_pylist() == ["0.2"]
    assert table["amount__read"].to_pylist() == ["0.2万元"]
    assert table["standard_amount__read"].to_pylist() == [None]
    content = xlsx([["金额单位:万元"], [*headers[:1], "补贴金额", *headers[2:]], row])
    table, _ = read(content, "x.xlsx", "subsidy_payment")
    assert table["amount__read"].to_pylist() == ["0.2万元"]
    assert table["standard_amount__read"].to_pylist() == [None]


def test_the_dialect_of_a_feed() -> None:
    feed = feed_of(
        "CAB",
        DATASET,
        headers={"学员": "person_name"},
        constants={"completed": "1"},
        values={"exam_result": {"P": "1"}, "person_category": {"老兵": "09"}},
    )
    headers = ["学员", *HEADERS[1:6]]
    content = delimited([headers, ["张丰", *ROW[1:3], "老兵、02", "40", "p"], ["李雷", *ROW[1:3], "02", "40", "1"]])
    table, reading = read(content, "x.csv", DATASET, feed, "S")
    assert table["person_name__sent"].to_pylist() == ["张丰", "李雷"]
    assert table["exam_result__sent"].to_pylist() == ["p", "1"]
    assert table["exam_result__read"].to_pylist() == ["1", None]
    assert table["person_category__read"].to_pylist() == ["09;02", None]
    assert table["completed__read"].to_pylist() == ["1", "1"]
    assert table["submission_id"].to_pylist() == ["S", "S"]
    assert reading.missing == ()


@settings(max_examples=60)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.tuples(
            st.sampled_from([xlsx([HEADERS, ROW]), xls([HEADERS, ROW]), records(HEADERS, [ROW])]),
            st.integers(0, 6000),
            st.integers(0, 255),
        ).map(lambda parts: parts[0][: parts[1]] + bytes([parts[2]]) + parts[0][parts[1] + 1 :]),
    )
)
def test_no_bytes_raise(content: bytes) -> None:
    table, reading = read(content, "任意.xlsx", DATASET)
    assert table.num_rows == reading.rows
    assert reading.problem is None or str(reading.detail).endswith("。")


def test_many_files_come_back_in_order(tmp_path: Path) -> None:
    jobs = []
    for number in range(5):
        path = tmp_path / str(number)
        path.write_bytes(b"" if number == 2 else delimited([HEADERS, *[ROW] * (number * 50 + 1)]))
        jobs.append(Job(f"S{number}", path, "x.csv", DATASET, "CAB"))
    results = list(read_many(jobs))
    assert [reading.rows for _, reading in results] == [1, 51, 0, 151, 201]
    assert results[2][1].problem == "empty"
    assert results[4][0]["submission_id"].unique().to_pylist() == ["S4"]


def test_a_worker_that_dies_costs_its_file_only(tmp_path: Path) -> None:
    good = tmp_path / "good"
    good.write_bytes(delimited([HEADERS, ROW]))
    jobs = [Job("A", tmp_path / "gone", "x.csv", DATASET, "CAB"), Job("B", good, "x.csv", DATASET, "CAB")]
    with Pool(workers=1) as pool:
        results = dict(pool.run(jobs))
    assert results[0] == "died"
    assert not isinstance(results[1], str)
    assert results[1].value[0].num_rows == 1


def test_a_files_name_goes_on_without_identifiers() -> None:
    assert read(b"", "x/11010519491231002X.csv", "training_record")[1].file.name == "11**************2X.csv"
