"""Rows that are data and rows that are not; cells that span rows; rows out of sight."""

from __future__ import annotations

from typing import Any

from tests.ingest.corpus import write
from tests.ingest.corpus.case import CLASS, PAYMENT, RECORD, Base, Case, Found, Table

XLSX = "training_record_2026-01.xlsx"
CSV = "training_record_2026-01.csv"


def below(
    name: str, covers: tuple[str, ...], rows: Table, base: Base = RECORD, findings: tuple[Found, ...] = (), **more: Any
) -> Case:
    """A workbook with lines below its data."""
    return Case(
        name,
        f"{base.dataset}_2026-01.xlsx",
        lambda: write.xlsx([*base.table(), *rows]),
        covers,
        base,
        findings=findings,
        **more,
    )


def between(name: str, covers: tuple[str, ...], rows: Table, **more: Any) -> Case:
    """A workbook with lines in the middle of its data."""
    return Case(
        name, XLSX, lambda: write.xlsx([*RECORD.table()[:3], *rows, *RECORD.table()[3:]]), covers, RECORD, **more
    )


def numbered(marks: list[str]) -> Table:
    table = RECORD.table(len(marks))
    return [["序号", *table[0]], *([mark, *row] for mark, row in zip(marks, table[1:], strict=True))]


NUMBERED = {"序号": "source_row_no", **RECORD.fields}


def hidden_rows(book: Any, sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[4].hidden = True


def filtered(book: Any, sheet: Any) -> None:
    sheet.auto_filter.ref = "A1:H5"
    sheet.auto_filter.add_filter_column(2, ["SZ-CAB-009"])
    sheet.row_dimensions[2].hidden = True


def formatted(book: Any, sheet: Any) -> None:
    for row in range(6, 3000):
        sheet.cell(row, 1).number_format = "@"


def merged_column(book: Any, sheet: Any) -> None:
    """One class number for all rows, as a clerk merges it."""
    sheet.merge_cells("C2:C5")


_MERGED = RECORD.table(4, {(2, "班级编号"): "", (3, "班级编号"): "", (4, "班级编号"): ""})
_TOTAL = ["合计", "", "", "", "160"]
_BLANK_CLASS = RECORD.table(4, {(2, "班级编号"): ""})
_DITTO = RECORD.table(4, {(3, "班级编号"): "同上"})

CASES: list[Case] = [
    below("rows_total", ("F21",), [_TOTAL]),
    below("rows_total_spaced", ("F21",), [["合　　计", "", "", "", "160"]]),
    below("rows_total_in_the_second_column", ("F21",), [["", "总计", "", "", "160"]]),
    below("rows_total_of_persons", ("F21",), [["合计：4人"]]),
    below(
        "rows_total_that_differs",
        ("F21", "totals"),
        [["合计", "", "", "", "200"]],
        findings=(("FL018", "warning", None, None, None),),
    ),
    below(
        "rows_number_of_rows_differs",
        ("F21", "totals"),
        [["合计", "5人", "", "", "160"]],
        findings=(("FL018", "warning", None, None, None),),
    ),
    below(
        "rows_total_of_money_differs",
        ("F21", "totals"),
        [["合计", "", "", "", "", "", "9000"]],
        PAYMENT,
        findings=(("FL018", "warning", None, None, None),),
    ),
    below("rows_total_of_money", ("F21", "F36"), [["合计", "", "", "", "", "", "8,000.00元"]], PAYMENT),
    Case(
        "rows_subtotals",
        XLSX,
        lambda: write.xlsx(
            [*RECORD.table()[:3], ["小计", "", "", "", "80"], *RECORD.table()[3:], ["小计", "", "", "", "80"], _TOTAL]
        ),
        ("F21", "totals"),
        RECORD,
    ),
    Case(
        "rows_totals_of_pages",
        CSV,
        lambda: write.delimited(
            [
                *RECORD.table()[:3],
                ["本页合计", "", "", "", "80"],
                RECORD.table()[0],
                *RECORD.table()[3:],
                ["本页合计", "", "", "", "80"],
            ]
        ),
        ("F21", "repeated header"),
        RECORD,
        kind="csv",
        encoding="utf-8",
        sheets=(),
    ),
    between("rows_header_on_each_page", ("repeated header",), [RECORD.table()[0]]),
    between("rows_blank_between", ("F24",), [[], ["", "  ", ""], []]),
    below(
        "rows_signatures",
        ("F22",),
        [["填表人：张三", "", "审核人：李四", "", "联系电话：0755-88888888"], ["单位（盖章）："]],
    ),
    below("rows_notes", ("F22",), [["注：1.本表按月填写。"], ["2.证件号码按文本填写。"]]),
    below("rows_explanation", ("F22",), [["填表说明"], ["一、按月报送"], ["二、不要改列名"]], CLASS),
    below("rows_seal", ("F22",), [["", "", "", "", "", "（盖章）"]]),
    below("rows_total_and_signatures", ("F21", "F22"), [_TOTAL, [], ["制表人：", "", "负责人："]]),
    below("rows_remark", ("F22",), [["备注：其中1人补考"]]),
    Case(
        "rows_example_row",
        XLSX,
        lambda: write.xlsx(numbered(["示例", "1", "2", "3", "4"])),
        ("F23",),
        RECORD,
        mapped=NUMBERED,
    ),
    Case(
        "rows_example_row_in_brackets",
        CSV,
        lambda: write.delimited(numbered(["（例）", "1", "2", "3", "4"])),
        ("F23",),
        RECORD,
        mapped=NUMBERED,
        kind="csv",
        encoding="utf-8",
        sheets=(),
    ),
    Case(
        "rows_example_person",
        XLSX,
        lambda: write.xlsx(RECORD.table(4, {(1, "姓名"): "张三"})),
        ("F23",),
        RECORD,
        findings=(("PN015", "warning", "Sheet1", 2, "A2"),),
    ),
    Case(
        "rows_numbers_filled_in_beforehand",
        XLSX,
        lambda: write.xlsx([*numbered(["1", "2", "3", "4"]), *[[str(number)] for number in range(5, 50)]]),
        ("F24",),
        RECORD,
        mapped=NUMBERED,
    ),
    Case("rows_merged_cells", XLSX, lambda: write.edited(_MERGED, merged_column), ("F20",), RECORD),
    Case(
        "rows_merged_cells_xls",
        "training_record_2026-01.xls",
        lambda: write.xls(_MERGED, merges=((1, 4, 2, 2),)),
        ("F20", "xls"),
        RECORD,
        kind="xls",
    ),
    Case(
        "rows_total_of_each_part",
        XLSX,
        lambda: write.xlsx([*RECORD.table(), _TOTAL, *RECORD.table(6)[5:], ["合计", "", "", "", "80"]]),
        ("F21", "totals"),
        RECORD,
        rows=(6, 6, 0),
    ),
    Case(
        "rows_total_above", XLSX, lambda: write.xlsx([RECORD.table()[0], _TOTAL, *RECORD.table()[1:]]), ("F21",), RECORD
    ),
    Case(
        "rows_merged_cells_html",
        "training_record_2026-01.xls",
        lambda: (
            write.html(RECORD.table())
            .replace(b"<td>SZ-CAB-001</td>", b"<td rowspan=4>SZ-CAB-001</td>", 1)
            .replace(b"<td>SZ-CAB-001</td>", b"")
        ),
        ("F20", "F12"),
        RECORD,
        kind="html",
        encoding="gb18030",
        sheets=("表1",),
    ),
    Case(
        "rows_a_blank_is_not_the_cell_above",
        XLSX,
        lambda: write.xlsx(_BLANK_CLASS),
        ("F20",),
        RECORD,
        outcome="partly_accepted",
        rows=(4, 3, 1),
        findings=(("TR.class_id.required", "critical", "Sheet1", 3, "C3"),),
    ),
    Case(
        "rows_ditto",
        XLSX,
        lambda: write.xlsx(_DITTO),
        ("F38",),
        RECORD,
        outcome="partly_accepted",
        rows=(4, 3, 1),
        findings=(("TR.class_id.ditto", "critical", "Sheet1", 4, "C4"),),
    ),
    Case(
        "rows_ditto_mark",
        CSV,
        lambda: write.delimited(RECORD.table(4, {(2, "考核结果"): "〃"})),
        ("F38",),
        RECORD,
        outcome="partly_accepted",
        rows=(4, 3, 1),
        kind="csv",
        encoding="utf-8",
        sheets=(),
        findings=(("TR.exam_result.ditto", "critical", None, 3, "F3"),),
    ),
    Case(
        "rows_hidden",
        XLSX,
        lambda: write.edited(RECORD.table(), hidden_rows),
        ("F26",),
        RECORD,
        findings=(("FL012", "info", None, None, None),),
    ),
    Case(
        "rows_filtered",
        XLSX,
        lambda: write.edited(RECORD.table(), filtered),
        ("F26",),
        RECORD,
        findings=(("FL012", "info", None, None, None),),
    ),
    Case(
        "rows_hidden_xls",
        "training_record_2026-01.xls",
        lambda: write.xls(RECORD.table(), hidden=(2,)),
        ("F26", "xls"),
        RECORD,
        kind="xls",
        findings=(("FL012", "info", None, None, None),),
    ),
    Case("rows_formatted_and_empty", XLSX, lambda: write.edited(RECORD.table(), formatted), ("F24",), RECORD),
    Case(
        "rows_twice",
        XLSX,
        lambda: write.xlsx([*RECORD.table(), RECORD.table()[1]]),
        ("F41",),
        RECORD,
        outcome="partly_accepted",
        rows=(5, 4, 1),
        findings=(("TR.key.duplicate", "critical", "Sheet1", 6, "C6"),),
    ),
    Case(
        "rows_that_contradict",
        CSV,
        lambda: write.delimited([*RECORD.table(8), [*RECORD.table()[1][:4], "44", *RECORD.table()[1][5:]]]),
        ("F41",),
        RECORD,
        outcome="partly_accepted",
        rows=(9, 7, 2),
        kind="csv",
        encoding="utf-8",
        sheets=(),
        findings=(("TR.key.conflict", "critical", None, 2, "C2"), ("TR.key.conflict", "critical", None, 10, "C10")),
    ),
    Case(
        "rows_short_and_long",
        CSV,
        lambda: write.delimited([*RECORD.table()[:4], [*RECORD.table()[4], "", "", "多一格"]]),
        ("ragged",),
        RECORD,
        kind="csv",
        encoding="utf-8",
        sheets=(),
        findings=(("TR.row.surplus", "warning", None, 5, "A5"),),
    ),
    Case(
        "rows_moved_by_a_comma",
        CSV,
        lambda: write.delimited(RECORD.table(8)).replace(b"SZ-CAB-001,02", "SZ-CAB-001,,02,另".encode(), 1),
        ("ragged",),
        RECORD,
        outcome="partly_accepted",
        rows=(8, 7, 1),
        kind="csv",
        encoding="utf-8",
        sheets=(),
        findings=(("TR.row.shifted", "critical", None, 2, "A2"),),
    ),
    Case(
        "rows_in_two_lines",
        CSV,
        lambda: write.delimited(RECORD.table(8)).replace(b"SZ-CAB-001,02", b"SZ-CAB\r\n-001,02", 1),
        ("ragged",),
        RECORD,
        outcome="partly_accepted",
        rows=(9, 7, 2),
        kind="csv",
        encoding="utf-8",
        sheets=(),
        findings=tuple(("TR.row.shifted", "critical", None, row, f"A{row}") for row in (2, 3)),
    ),
    Case(
        "rows_of_several_lines",
        CSV,
        lambda: write.delimited(
            [
                [*RECORD.table()[0], "备注"],
                *([*row, "第一行\n第二行"] for row in RECORD.table(4, {(2, "考核结果"): "优秀得很"})[1:]),
            ]
        ),
        ("physical lines",),
        RECORD,
        outcome="partly_accepted",
        rows=(4, 3, 1),
        kind="csv",
        encoding="utf-8",
        sheets=(),
        mapped=dict(RECORD.fields) | {"备注": "remark"},
        findings=(("TR.exam_result.listed", "critical", None, 4, "F4"),),
    ),
    Case("rows_named_like_a_total", XLSX, lambda: write.xlsx(RECORD.table(4, {(1, "姓名"): "小计"})), ("F21",), RECORD),
]
