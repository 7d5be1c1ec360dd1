"""What stands in a cell, and what it is taken for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tests.ingest.corpus import write
from tests.ingest.corpus.case import AWARD, CERTIFICATE, CLASS, PAYMENT, RECORD, Base, Case, Found, resident

ROWS = 8
"""So many that two bad rows do not send the file back."""
_LETTER = {header: chr(65 + at) for at, header in enumerate(RECORD.fields)}


def cells(
    name: str,
    covers: tuple[str, ...],
    header: str,
    written: list[Any],
    wrong: Mapping[int, tuple[str, str]] = {},
    base: Base = RECORD,
    in_csv: bool = False,
) -> Case:
    """A table with these cells in one column, one a row; `wrong`: number of the row → rule and severity.

    A header that the base lacks is a further column.
    """
    count = max(ROWS, len(written))
    table = base.table(count)
    mapped = dict(base.fields)
    if header in table[0]:
        place = table[0].index(header)
        for number, cell in enumerate(written, 1):
            table[number][place] = cell
    else:
        place = len(table[0])
        more = [*written, *[""] * count]
        table = [[*table[0], header], *([*row, cell] for row, cell in zip(table[1:], more, strict=False))]
        mapped[header] = EXTRA[header]
    letter, sheet = chr(65 + place), None if in_csv else "Sheet1"
    held = {number for number, (_, severity) in wrong.items() if severity == "critical"}
    findings: list[Found] = [
        (rule, severity, sheet, number + 1, f"{letter}{number + 1}")
        for number, (rule, severity) in sorted(wrong.items())
    ]
    return Case(
        name,
        f"{base.dataset}_2026-01.{'csv' if in_csv else 'xlsx'}",
        lambda: write.delimited(table) if in_csv else write.xlsx(table),
        covers,
        base,
        outcome="partly_accepted" if held else "accepted",
        rows=(count, count - len(held), len(held)),
        mapped=mapped,
        findings=findings,
        **({"kind": "csv", "encoding": "utf-8", "sheets": ()} if in_csv else {}),
    )


EXTRA = {
    "出生日期": "birth_date",
    "性别": "sex",
    "联系电话": "mobile",
    "出勤率": "attendance_rate",
    "备注": "remark",
    "是否实现就业": "employed_after",
    "工作单位": "employer_name",
    "培训等级": "skill_level",
    "证件类型": "id_type",
    "文化程度": "education",
    "补贴标准": "standard_amount",
}
_X = resident(100, "X")
_OLD = "440305" + resident(20)[8:17]


def born(number: int) -> str:
    digits = resident(number)[6:14]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _1904(book: Any, sheet: Any) -> None:
    book.epoch = dt.datetime(1904, 1, 1)
    for row in range(2, 6):
        sheet.cell(row, 8).value = (dt.date(2026, 1, 20) - dt.date(1904, 1, 1)).days


def _formula(book: Any, sheet: Any) -> None:
    sheet["E2"] = "=20+20"


def _sex(number: int) -> str:
    return "男" if int(resident(number)[16]) % 2 else "女"


CASES: list[Case] = [
    # identity numbers
    cells("cell_id_stored_as_number", ("F1",), "证件号码", [440301199001011234], {1: ("PN001", "critical")}),
    cells(
        "cell_id_in_scientific_text",
        ("F1",),
        "证件号码",
        [resident(1), "4.40301E+17"],
        {2: ("PN001", "critical")},
        in_csv=True,
    ),
    Case(
        "cell_id_as_integer_in_the_xml",
        "training_record_2026-01.xlsx",
        lambda: write.edited(RECORD.table(ROWS), lambda book, sheet: sheet.__setitem__("B3", 440301199001011234)),
        ("F2",),
        RECORD,
        outcome="partly_accepted",
        rows=(8, 7, 1),
        findings=(("PN001", "critical", "Sheet1", 3, "B3"),),
    ),
    Case(
        "cell_id_as_number_in_xls",
        "training_record_2026-01.xls",
        lambda: write.xls(RECORD.table(ROWS, {(2, "证件号码"): 440301199001011234})),
        ("F2", "F1"),
        RECORD,
        kind="xls",
        outcome="partly_accepted",
        rows=(8, 7, 1),
        findings=(("PN001", "critical", "Sheet1", 3, "B3"),),
    ),
    cells("cell_id_with_apostrophe", ("F3",), "证件号码", [f"'{resident(1)}", f"‘{resident(2)}", f"’{resident(3)}"]),
    cells("cell_id_with_apostrophe_csv", ("F3",), "证件号码", [f"'{resident(1)}", f"`{resident(2)}"], in_csv=True),
    cells("cell_id_lower_case_x", ("F4",), "证件号码", [_X.lower()]),
    cells("cell_id_full_width_x", ("F4", "F5"), "证件号码", [_X.replace("X", "Ｘ")], in_csv=True),
    cells("cell_id_roman_ten", ("F4",), "证件号码", [_X.replace("X", "Ⅹ")]),
    cells("cell_id_cyrillic", ("F4",), "证件号码", [_X.replace("X", "Х")], {1: ("PN019", "warning")}),
    cells("cell_id_times_sign", ("F4",), "证件号码", [_X.replace("X", "×")], {1: ("PN019", "warning")}, in_csv=True),
    cells(
        "cell_id_masked",
        ("masked",),
        "证件号码",
        [f"{resident(1)[:6]}********{resident(1)[14:]}", f"{resident(2)[:3]}＊＊＊＊{resident(2)[14:]}"],
        {1: ("TR.id_no.masked", "critical"), 2: ("TR.id_no.masked", "critical")},
    ),
    cells("cell_id_as_formula", ("F3",), "证件号码", [f'="{resident(1)}"', f"'{resident(2)}'"], in_csv=True),
    cells(
        "cell_class_became_a_date",
        ("became a date",),
        "班级编号",
        ["2026-01-05", dt.date(2026, 1, 5), "1月5日", "2026-01-005"],
        dict.fromkeys((1, 2, 3), ("CL002", "warning")),
    ),
    cells(
        "cell_document_became_a_date",
        ("became a date",),
        "文号",
        [dt.date(2026, 1, 1), "2026年1月", "Jan-26", "2026-12号"],
        dict.fromkeys((1, 2, 3), ("TA009", "warning")),
        base=AWARD,
    ),
    cells(
        "cell_year_became_a_date",
        ("became a date",),
        "评选年度",
        [dt.date(2026, 1, 1), dt.date(1905, 7, 18), "二〇二六年", "2026年度"],
        base=AWARD,
    ),
    cells(
        "cell_date_of_a_keyboard",
        ("F11",),
        "结业时间",
        [
            "2026。1。20",
            "2026、1、20",
            "2026-01-20(周二)",
            "2026/01/20 上午12:00:00",
            "2026-01-20 00:00:00.0",
            "2026\\1\\20",
        ],
    ),
    cells(
        "cell_date_of_a_program",
        ("F11",),
        "结业时间",
        [
            "2026-01-19T16:00:00.000Z",
            "Tue Jan 20 2026 00:00:00 GMT+0800",
            "1768838400000",
            "20/01/26",
            "2026-01-20(周三)",
        ],
        {
            3: ("TR.completion_date.timestamp", "warning"),
            4: ("TR.completion_date.type", "warning"),
            5: ("TR.completion_date.type", "warning"),
        },
        in_csv=True,
    ),
    cells("cell_id_full_width", ("F5",), "证件号码", ["".join(chr(ord(c) + 0xFEE0) for c in resident(1))]),
    cells(
        "cell_id_grouped",
        ("F5",),
        "证件号码",
        [
            f"{resident(1)[:6]} {resident(1)[6:14]}　{resident(1)[14:]}",
            f"{resident(2)[:6]}-{resident(2)[6:14]}-{resident(2)[14:]}",
        ],
    ),
    cells("cell_id_invisible", ("F6",), "证件号码", [f"\u202d{resident(1)}\u202c", f"\ufeff{resident(2)}\u200b"]),
    cells("cell_id_of_15", ("C1",), "证件号码", [_OLD], {1: ("PN006", "warning")}),
    cells(
        "cell_id_wrong_check",
        ("C1",),
        "证件号码",
        [resident(1)[:17] + ("1" if resident(1)[17] != "1" else "2")],
        {1: ("PN003", "critical")},
    ),
    # names
    cells("cell_name_spaced", ("F7",), "姓名", ["张　三丰", "王 小 明", " 李四光 "]),
    cells(
        "cell_name_dots",
        ("F7",),
        "姓名",
        ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽．买买提", "阿依古丽・买买提"],
    ),
    cells("cell_name_invisible", ("F6", "F7"), "姓名", ["王\u200b小明", "\u202d李强"], in_csv=True),
    cells("cell_name_rare", ("F11",), "姓名", ["王䶮", "李㛃", "赵\U00020000"]),
    cells(
        "cell_name_lost_character",
        ("F11",),
        "姓名",
        ["王?", "李\ue863"],
        {1: ("PN016", "warning"), 2: ("PN016", "warning")},
    ),
    Case(
        "cell_name_rare_gb18030",
        "training_record_2026-01.csv",
        lambda: write.delimited(RECORD.table(4, {(1, "姓名"): "王䶮", (2, "姓名"): "李㛃"}), "gb18030"),
        ("F11", "F8"),
        RECORD,
        kind="csv",
        encoding="gb18030",
        sheets=(),
    ),
    cells(
        "cell_name_of_a_formula",
        ("F40",),
        "姓名",
        ["=cmd|'/c calc'!A1", "+王小明", "@SUM(A1)"],
        dict.fromkeys((1, 2, 3), ("PN014", "warning")),
    ),
    cells("cell_remark_of_a_formula", ("F40",), "备注", ['=HYPERLINK("http://x","a")', "-2+3", "\t=1"], in_csv=True),
    # dates
    cells(
        "cell_dates",
        ("F30",),
        "结业时间",
        [
            "2026.1.20",
            "2026年1月20日",
            "20260120",
            "2026/1/20",
            "26-1-20",
            "2026-1-20 10:00",
            "2026年1月20号",
            "二〇二六年一月二十日",
            "2026-01-20T00:00:00",
            "2026.01.20.",
            "2026年1月20日（星期二）",
            "２０２６年１月２０日",
        ],
    ),
    cells(
        "cell_dates_csv",
        ("F30",),
        "结业时间",
        ["2026.1.20", "2026年1月20日", "20260120", "2026/01/20", "26.1.20"],
        in_csv=True,
    ),
    cells("cell_dates_typed", ("F31",), "结业时间", [dt.date(2026, 1, 20), 46042, "46042", "46042.5"]),
    cells("cell_dates_as_serial_text", ("F31",), "结业时间", ["46042"], in_csv=True),
    Case(
        "cell_dates_from_1904",
        "training_record_2026-01.xlsx",
        lambda: write.edited(RECORD.table(), _1904),
        ("F31",),
        RECORD,
    ),
    cells(
        "cell_date_span_of_an_end",
        ("F30",),
        "结业时间",
        ["2026.1.5-2026.1.20", "2026年1月5日至20日", "2026-01-05~2026-01-20"],
    ),
    cells(
        "cell_date_span_of_a_birth", ("F30",), "出生日期", ["1990.1.1-1990.2.1"], {1: ("TR.birth_date.span", "warning")}
    ),
    cells(
        "cell_date_month",
        ("F30",),
        "出生日期",
        ["1990年3月", "1990.03"],
        {1: ("TR.birth_date.month", "warning"), 2: ("TR.birth_date.month", "warning")},
    ),
    cells(
        "cell_date_month_of_a_payment",
        ("F30",),
        "拨付日期",
        ["2026年1月"],
        {1: ("SP.pay_date.month", "warning")},
        PAYMENT,
    ),
    cells(
        "cell_dates_impossible",
        ("F32",),
        "结业时间",
        ["2026-02-30", "1900-01-00"],
        {1: ("TR.completion_date.type", "warning"), 2: ("TR.completion_date.type", "warning")},
    ),
    cells(
        "cell_date_of_zeros",
        ("F32",),
        "拨付日期",
        ["0000-00-00"],
        {1: ("SP.pay_date.type", "warning")},
        PAYMENT,
        in_csv=True,
    ),
    # codes and marks
    cells(
        "cell_sex",
        ("F33",),
        "性别",
        [
            _sex(1),
            {"男": "1", "女": "2"}[_sex(2)],
            {"男": "M", "女": "F"}[_sex(3)],
            f"{_sex(4)}性",
            f"{_sex(5)}({ {'男': 1, '女': 2}[_sex(5)] })",
        ],
    ),
    cells(
        "cell_sex_against_number",
        ("F33",),
        "性别",
        ["女" if _sex(1) == "男" else "男"],
        {1: ("PN012", "critical")},
        in_csv=True,
    ),
    cells("cell_yes_and_no", ("F34",), "是否实现就业", ["是", "否", "√", "×", "Y", "N", "1", "0", "有", "无", "✔", ""]),
    cells("cell_yes_and_no_csv", ("F34",), "是否结业", ["是", "√", "Y", "1", "TRUE"], in_csv=True),
    cells("cell_code_or_name", ("codes",), "文化程度", ["初中", "70", "70-初中", "初中(70)", "70 初中"]),
    cells("cell_code_and_name_disagree", ("codes",), "文化程度", ["初中(60)"], {1: ("TR.education.listed", "warning")}),
    cells(
        "cell_district_names",
        ("F42",),
        "开班区",
        ["南山区", "440305", "南山", "深圳市南山区", "深汕特别合作区", "大鹏新区", "深汕"],
        base=CLASS,
    ),
    cells("cell_qianhai", ("F42",), "开班区", ["前海"], {1: ("TC.venue_district.listed", "critical")}, CLASS),
    cells(
        "cell_department_names",
        ("F42",),
        "主管部门",
        ["市住房建设局", "深圳市住房和建设局", "市住建局", "HCD", "区人力局", "市人社局"],
        base=CLASS,
        in_csv=True,
    ),
    # numbers
    cells(
        "cell_hours",
        ("F35",),
        "实际课时",
        ["40学时", "80课时(40天)", "约40", "４０", "40.0", "1,000", "40 小时", "40h"],
    ),
    cells(
        "cell_hours_in_words", ("F35",), "实际课时", ["很多"], {1: ("TR.attended_hours.type", "critical")}, in_csv=True
    ),
    cells("cell_percent", ("F35",), "出勤率", ["95%", "0.95", "95", "９５％", "百分之九十五", "九成五"]),
    cells(
        "cell_money",
        ("F36",),
        "补贴金额",
        ["2,000元", "￥2000.00", "0.2万元", "贰仟元整", "2000", "2千元", "人民币贰仟元整", "2 000.00"],
        base=PAYMENT,
    ),
    cells("cell_money_csv", ("F36",), "补贴金额", ["2,000元", "¥2000", "0.2万"], base=PAYMENT, in_csv=True),
    cells("cell_money_no_amount", ("F36",), "补贴金额", ["两千左右"], {1: ("SP.amount.type", "critical")}, PAYMENT),
    cells(
        "cell_phones",
        ("F37",),
        "联系电话",
        [
            "0755-82123456",
            "+86 13812345671",
            "13812345672/13912345678",
            "138-1234-5673",
            "(0755)82123457",
            "008613812345674",
            13812345675,
        ],
    ),
    cells("cell_phone_rounded", ("F37",), "联系电话", ["1.38E+10"], {1: ("TR.mobile.format", "warning")}, in_csv=True),
    # nothing said
    cells("cell_placeholders", ("F38",), "工作单位", ["无", "/", "暂无", "-", "N/A", "——", "(无)"]),
    cells(
        "cell_placeholder_in_a_key",
        ("F38",),
        "班级编号",
        ["无"],
        {1: ("TR.class_id.required", "critical")},
        in_csv=True,
    ),
    cells(
        "cell_error_values",
        ("F39",),
        "工作单位",
        ["#N/A", "#REF!"],
        {1: ("TR.employer_name.error", "warning"), 2: ("TR.employer_name.error", "warning")},
        in_csv=True,
    ),
    Case(
        "cell_error_value_typed",
        "training_record_2026-01.xlsx",
        lambda: write.patched(
            write.xlsx(RECORD.table(ROWS, {(1, "实际课时"): 40})),
            "xl/worksheets/sheet1.xml",
            ('<c r="E2"><v>40</v></c>', '<c r="E2" t="e"><v>#DIV/0!</v></c>'),
        ),
        ("F39",),
        RECORD,
        outcome="partly_accepted",
        rows=(8, 7, 1),
        findings=(("TR.attended_hours.error", "critical", "Sheet1", 2, "E2"),),
    ),
    Case(
        "cell_formula_without_result",
        "training_record_2026-01.xlsx",
        lambda: write.edited(RECORD.table(ROWS), _formula),
        ("F39",),
        RECORD,
        outcome="partly_accepted",
        rows=(8, 7, 1),
        findings=(("TR.attended_hours.error", "critical", "Sheet1", 2, "E2"),),
    ),
    Case(
        "cell_formula_with_result",
        "training_record_2026-01.xlsx",
        lambda: write.patched(
            write.xlsx(RECORD.table(4, {(1, "实际课时"): 40})),
            "xl/worksheets/sheet1.xml",
            ('<c r="E2"><v>40</v></c>', '<c r="E2"><f>20+20</f><v>40</v></c>'),
        ),
        ("F39",),
        RECORD,
    ),
    Case(
        "cell_headers_give_the_unit",
        "subsidy_payment_2026-01.xlsx",
        lambda: write.xlsx(
            [
                [header.replace("补贴金额", "补贴金额(万元)") for header in PAYMENT.table()[0]],
                *PAYMENT.table(4, {(number, "补贴金额"): "0.2" for number in range(1, 5)})[1:],
            ]
        ),
        ("F36",),
        PAYMENT,
        mapped={header.replace("补贴金额", "补贴金额(万元)"): field for header, field in PAYMENT.fields.items()},
    ),
    cells(
        "cell_levels",
        ("codes",),
        "职业技能等级",
        ["五级", "5", "初级工", "五级/初级工", "初级工(五级)", "5级", "国家职业资格五级", "五级（初级工）"],
        base=CERTIFICATE,
    ),
]
