"""Where the table stands and what its headers look like."""

from __future__ import annotations

from typing import Any

from tests.ingest.corpus import write
from tests.ingest.corpus.case import CERTIFICATE, CLASS, PAYMENT, RECORD, Base, Case, Table

XLSX = "training_record_2026-01.xlsx"
CSV = "training_record_2026-01.csv"
LAST = "H"  # the last column of RECORD


def renamed(base: Base, names: dict[str, str]) -> tuple[Table, dict[str, str]]:
    """The base's table with other headers, and what they mean."""
    table = base.table()
    headers = [names.get(header, header) for header in table[0]]
    return [headers, *table[1:]], dict(zip(headers, base.fields.values(), strict=True))


def headed(name: str, covers: tuple[str, ...], names: dict[str, str], base: Base = RECORD, **more: Any) -> Case:
    """A workbook whose headers are written otherwise and mean the same."""
    table, mapped = renamed(base, names)
    return Case(name, f"{base.dataset}_2026-01.xlsx", lambda: write.xlsx(table), covers, base, mapped=mapped, **more)


def above(
    name: str, covers: tuple[str, ...], rows: Table, base: Base = RECORD, merges: tuple[str, ...] = (), **more: Any
) -> Case:
    """A workbook with lines above its header."""
    return Case(
        name, f"{base.dataset}_2026-01.xlsx", lambda: write.xlsx([*rows, *base.table()], merges), covers, base, **more
    )


def without(base: Base, *headers: str) -> tuple[Table, dict[str, str]]:
    table = base.table()
    kept = [at for at, header in enumerate(table[0]) if header not in headers]
    return (
        [[row[at] for at in kept] for row in table],
        {header: field for header, field in base.fields.items() if header not in headers},
    )


def hidden_sheet(book: Any, sheet: Any) -> None:
    sheet.sheet_state = "hidden"
    book.create_sheet("封面")["A1"] = "深圳市民政局"
    book.active = 1


def hidden_columns(book: Any, sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True


def grouped(table: Table) -> Table:
    """Two rows of header: 学员 over name and number, 结果 over result and completion."""
    return [
        ["学员", "", "班级编号", "人员类别", "实际课时", "结果", "", "结业时间"],
        ["姓名", "证件号码", "", "", "", "考核结果", "是否结业", ""],
        *table[1:],
    ]


GROUPED = {
    "学员_姓名": "person_name",
    "学员_证件号码": "id_no",
    "班级编号": "class_id",
    "人员类别": "person_category",
    "实际课时": "attended_hours",
    "结果_考核结果": "exam_result",
    "结果_是否结业": "completed",
    "结业时间": "completion_date",
}
_NO_CLASS, _NO_CLASS_MAPPED = without(RECORD, "班级编号")
_CAPTURED = _NO_CLASS_MAPPED | {"班级编号": "class_id"}
_NEAR, _NEAR_MAPPED = renamed(RECORD, {"证件号码": "身份证好码"})
_TITLE = [["深圳市民政局2026年1月培训人次实名制明细", *[""] * 7]]


def _block(name: str, rows: Table, file: str = XLSX, **more: Any) -> Case:
    return Case(name, file, lambda: write.xlsx([*rows, *_NO_CLASS]), ("F18",), RECORD, mapped=_CAPTURED, **more)


CASES: list[Case] = [
    above("table_merged_title", ("F17",), _TITLE, merges=("A1:H1",)),
    above(
        "table_title_and_unit_line",
        ("F17",),
        [*_TITLE, ["填报单位：深圳市民政局", "", "", "报告期：2026年1月"]],
        merges=("A1:H1",),
    ),
    above(
        "table_title_of_three_lines",
        ("F17",),
        [["附件1"], ["深圳市住房和建设局开班备案", *[""] * 7], ["（2026年1月）"], [""]],
        CLASS,
        merges=("A2:N2",),
    ),
    above("table_header_in_row_20", ("F17",), [["通知"], *[[f"第{number}条"] for number in range(18)]]),
    Case(
        "table_header_in_row_30",
        XLSX,
        lambda: write.xlsx([*[["通知"]] * 29, *RECORD.table()]),
        ("F17",),
        RECORD,
        outcome="unreadable",
        rows=(0, 0, 0),
        mapped={},
        findings=(("FL005", "critical", None, None, None),),
    ),
    _block("table_block_in_one_cell", [["培训机构：某培训学校", "", "班级编号：SZ-CAB-001"]]),
    _block("table_block_in_two_cells", [["班级编号", "SZ-CAB-001", "", "联系电话", "13800000000"]]),
    _block("table_block_in_one_line", [*_TITLE, ["班级编号：SZ-CAB-001  开班日期：2026年1月5日"]]),
    Case(
        "table_block_merged",
        XLSX,
        lambda: write.edited(
            [["班级编号", "", "SZ-CAB-001", ""], *_NO_CLASS],
            lambda book, sheet: (sheet.merge_cells("A1:B1"), sheet.merge_cells("C1:D1")),
        ),
        ("F18",),
        RECORD,
        mapped=_CAPTURED,
    ),
    Case(
        "table_block_beside_records",
        "training_record_2026-01.json",
        lambda: write.as_json({"班级编号": "SZ-CAB-001", "rows": write.records(_NO_CLASS)}),
        ("F18",),
        RECORD,
        mapped=_CAPTURED,
        kind="json",
        encoding="utf-8",
        sheets=(),
    ),
    Case(
        "table_two_rows_of_header_merged",
        XLSX,
        lambda: write.edited(
            grouped(RECORD.table()),
            lambda book, sheet: [
                sheet.merge_cells(cells) for cells in ("A1:B1", "F1:G1", "C1:C2", "D1:D2", "E1:E2", "H1:H2")
            ],
        ),
        ("F19",),
        RECORD,
        mapped=GROUPED,
    ),
    Case(
        "table_two_rows_of_header_in_text",
        CSV,
        lambda: write.delimited(grouped(RECORD.table())),
        ("F19",),
        RECORD,
        mapped=GROUPED,
        kind="csv",
        encoding="utf-8",
        sheets=(),
    ),
    Case(
        "table_two_rows_of_header_in_html",
        "training_record_2026-01.xls",
        lambda: (
            "<table><tr><td colspan=2>学员</td><td rowspan=2>班级编号</td><td rowspan=2>人员类别</td><td rowspan=2>实际课时</td>"
            "<td colspan=2>结果</td><td rowspan=2>结业时间</td></tr><tr><td>姓名</td><td>证件号码</td><td>考核结果</td><td>是否结业</td>"
            "</tr>"
            + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in RECORD.table()[1:])
            + "</table>"
        ).encode(),
        ("F19", "F12"),
        RECORD,
        mapped=GROUPED,
        kind="html",
        encoding="utf-8",
        sheets=("表1",),
    ),
    Case(
        "table_three_rows_of_header",
        XLSX,
        lambda: write.edited(
            [["培训明细", *[""] * 6, "备查"], *grouped(RECORD.table())],
            lambda book, sheet: [
                sheet.merge_cells(cells) for cells in ("A1:G1", "A2:B2", "F2:G2", "C2:C3", "D2:D3", "E2:E3", "H2:H3")
            ],
        ),
        ("F19", "F17"),
        RECORD,
        mapped=GROUPED,
    ),
    headed("table_line_breaks_in_headers", ("F28",), {"证件号码": "身份证\n号码", "班级编号": "班级\r\n编号"}),
    headed(
        "table_marked_headers",
        ("F28",),
        {
            "姓名": "*姓名",
            "证件号码": "＊证件号码(必填)",
            "人员类别": "人员类别（必填）",
            "考核结果": "【必填】考核结果",
        },
    ),
    headed("table_spaced_headers", ("F28",), {"姓名": "姓　　名", "证件号码": "证件 号码", "考核结果": "考核结果："}),
    headed("table_quoted_headers", ("F28",), {"姓名": "“姓名”", "证件号码": "'证件号码"}),
    headed(
        "table_synonyms",
        ("F28",),
        {"姓名": "学员姓名", "证件号码": "公民身份号码", "人员类别": "培训对象类别", "实际课时": "出勤课时"},
    ),
    headed("table_social_security_names", ("F28",), {"姓名": "aac003", "证件号码": "AAC002"}),
    headed("table_field_names", ("F28",), dict(zip(RECORD.fields, RECORD.fields.values(), strict=True))),
    headed(
        "table_synonyms_of_certificates",
        ("F28",),
        {"姓名": "持证人", "证书编号": "证书号码", "发证机构": "评价机构", "发证日期": "核发日期"},
        CERTIFICATE,
    ),
    Case(
        "table_columns_turned_round",
        CSV,
        lambda: write.delimited([row[::-1] for row in RECORD.table()]),
        ("F29",),
        RECORD,
        kind="csv",
        encoding="utf-8",
        sheets=(),
    ),
    Case(
        "table_more_columns",
        XLSX,
        lambda: write.xlsx(
            [["所属科室", *RECORD.table()[0], "审批意见"], *(["一科", *row, "同意"] for row in RECORD.table()[1:])]
        ),
        ("F29",),
        RECORD,
        ignored=("所属科室", "审批意见"),
    ),
    Case(
        "table_empty_columns_between",
        XLSX,
        lambda: write.xlsx(
            [[cell for pair in zip(row, [""] * 8, strict=True) for cell in pair] for row in RECORD.table()]
        ),
        ("F29",),
        RECORD,
    ),
    Case(
        "table_begins_in_column_c",
        XLSX,
        lambda: write.xlsx([[], [], *[["", "", *row] for row in RECORD.table()]]),
        ("F29", "F17"),
        RECORD,
    ),
    Case(
        "table_two_columns_of_one_field",
        XLSX,
        lambda: write.xlsx([[*RECORD.table()[0], "身份证号"], *([*row, row[1]] for row in RECORD.table()[1:])]),
        ("two columns",),
        RECORD,
        outcome="rejected",
        rows=(4, 0, 4),
        mapped=dict(RECORD.fields) | {"身份证号": "id_no"},
        findings=(("FL009", "critical", None, None, None),),
    ),
    Case(
        "table_two_columns_of_one_field_in_text",
        "subsidy_payment_2026-01.csv",
        lambda: write.delimited([[*PAYMENT.table()[0], "实发金额"], *([*row, row[6]] for row in PAYMENT.table()[1:])]),
        ("two columns",),
        PAYMENT,
        outcome="rejected",
        rows=(4, 0, 4),
        mapped=dict(PAYMENT.fields) | {"实发金额": "amount"},
        kind="csv",
        encoding="utf-8",
        sheets=(),
        findings=(("FL009", "critical", None, None, None),),
    ),
    Case(
        "table_near_miss_of_a_required_column",
        XLSX,
        lambda: write.xlsx(_NEAR),
        ("near miss", "F28"),
        RECORD,
        outcome="rejected",
        rows=(4, 0, 4),
        mapped={k: v for k, v in _NEAR_MAPPED.items() if v != "id_no"},
        ignored=("身份证好码",),
        missing=("id_no",),
        findings=(("FL008", "critical", None, None, None),),
    ),
    Case(
        "table_near_miss_of_an_optional_column",
        XLSX,
        lambda: write.xlsx([[*RECORD.table()[0], "联系电活"], *([*row, "13800000000"] for row in RECORD.table()[1:])]),
        ("near miss",),
        RECORD,
        ignored=("联系电活",),
        findings=(("FL011", "info", None, None, None),),
    ),
    Case(
        "table_required_column_missing",
        CSV,
        lambda: write.delimited(_NO_CLASS),
        ("missing",),
        RECORD,
        outcome="rejected",
        rows=(4, 0, 4),
        mapped=_NO_CLASS_MAPPED,
        missing=("class_id",),
        kind="csv",
        encoding="utf-8",
        sheets=(),
        findings=(("FL008", "critical", None, None, None),),
    ),
    Case(
        "table_of_another_dataset",
        XLSX,
        lambda: write.xlsx(CLASS.table()),
        ("wrong dataset",),
        RECORD,
        outcome="rejected",
        rows=(4, 0, 4),
        mapped={"班级编号": "class_id"},
        ignored=tuple(header for header in CLASS.fields if header != "班级编号"),
        missing=("person_name", "id_no", "person_category", "attended_hours", "exam_result", "completed"),
        findings=(("FL007", "critical", None, None, None),),
    ),
    Case(
        "table_explanation_first",
        XLSX,
        lambda: write.xlsx({"填表说明": [["填表说明"], ["一、按月填写", "二、不要改列名"]], "Sheet1": RECORD.table()}),
        ("F27",),
        RECORD,
        sheets=("填表说明", "Sheet1"),
    ),
    Case(
        "table_in_several_sheets",
        XLSX,
        lambda: write.xlsx({"一班": RECORD.table(2), "二班": [RECORD.table()[0], *RECORD.table()[3:]], "空": []}),
        ("F27",),
        RECORD,
        sheets=("一班", "二班", "空"),
    ),
    Case(
        "table_sheet_without_header",
        XLSX,
        lambda: write.xlsx({"一班": RECORD.table(), "续": [row[:5] for row in RECORD.table()[1:]]}),
        ("F27",),
        RECORD,
        sheets=("一班", "续"),
        findings=(("FL015", "info", None, None, None),),
    ),
    Case(
        "table_example_sheet",
        XLSX,
        lambda: write.xlsx({"填写示例": RECORD.table(1), "一班": RECORD.table()}),
        ("F23", "F27"),
        RECORD,
        sheets=("填写示例", "一班"),
        findings=(("FL020", "info", None, None, None),),
    ),
    Case(
        "table_in_a_hidden_sheet",
        XLSX,
        lambda: write.edited(RECORD.table(), hidden_sheet, "数据"),
        ("F27", "F26"),
        RECORD,
        sheets=("数据", "封面"),
        findings=(("FL014", "info", None, None, None),),
    ),
    Case(
        "table_hidden_column",
        XLSX,
        lambda: write.edited(RECORD.table(), hidden_columns),
        ("F26",),
        RECORD,
        findings=(("FL013", "info", None, None, None),),
    ),
    Case(
        "table_wrong_dimension",
        XLSX,
        lambda: write.patched(
            write.xlsx(RECORD.table()),
            "xl/worksheets/sheet1.xml",
            ('<dimension ref="A1:H5"/>', '<dimension ref="A1"/>'),
        ),
        ("F25",),
        RECORD,
    ),
    Case(
        "table_no_dimension",
        "training_class_2026-01.xlsx",
        lambda: write.patched(write.xlsx(CLASS.table()), "xl/worksheets/sheet1.xml", ('<dimension ref="A1:N5"/>', "")),
        ("F25",),
        CLASS,
    ),
    Case(
        "table_far_too_large_dimension",
        XLSX,
        lambda: write.patched(
            write.xlsx(RECORD.table()),
            "xl/worksheets/sheet1.xml",
            ('<dimension ref="A1:H5"/>', '<dimension ref="A1:XFD1048576"/>'),
        ),
        ("F25",),
        RECORD,
    ),
    Case(
        "table_without_rows",
        XLSX,
        lambda: write.xlsx([RECORD.table()[0]]),
        ("nothing",),
        RECORD,
        "rejected",
        rows=(0, 0, 0),
        findings=(("FL023", "critical", None, None, None),),
    ),
    Case(
        "table_says_nothing_to_report",
        XLSX,
        lambda: write.xlsx([RECORD.table()[0], ["本期无数据"]]),
        ("nothing",),
        RECORD,
        rows=(0, 0, 0),
    ),
    Case(
        "table_says_nothing_below_a_title",
        "training_record_2026-01.xls",
        lambda: write.xls([["一月培训人次实名制明细"], RECORD.table()[0], ["", "零报送"]]),
        ("nothing",),
        RECORD,
        kind="xls",
        rows=(0, 0, 0),
    ),
    Case(
        "table_both_dates_in_one_column",
        "training_class_2026-01.xlsx",
        lambda: write.xlsx(
            [
                [*CLASS.table()[0][:8], "培训起止日期", *CLASS.table()[0][10:]],
                *([*row[:8], "2026.1.5-2026.1.20", *row[10:]] for row in CLASS.table()[1:]),
            ]
        ),
        ("F30",),
        CLASS,
        mapped={h: f for h, f in CLASS.fields.items() if h not in ("开班日期", "结业日期")}
        | {"培训起止日期": "end_date"},
    ),
]
