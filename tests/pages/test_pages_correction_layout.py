"""What stands where in a correction workbook: our columns, rows side by side, colours, comments, links, live checks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from expectations.live_checks import RESULT
from ingest.read import CorrectionChain, Job
from pages.gather import correction_workbook as gathered
from pages.render.correction_workbook import workbook
from pages.render.workbook_template import template
from tests.expectations.spreadsheet import Spreadsheet
from tests.ingest.corpus import write
from tests.ingest.corpus.case import RECORD
from tests.pages import report_samples as samples
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.choices import choices
from warehouse.vocabulary.correction_columns import (
    ACTION,
    HOW,
    KEEP,
    LIVE,
    OPINION,
    REASON,
    WITHDRAW,
    identified,
    is_place,
)
from warehouse.vocabulary.submission import Decision, Rows, SentTable, Submission

HEADERS = ("姓名", "身份证号", "性别", "出生日期", "班级编号", "理论成绩", "考核结果", "所属科室")
FIELDS = ("person_name", "id_no", "sex", "birth_date", "class_id", "theory_score", "exam_result", None)
GOOD, WRONG = "110105199003070017", "110105199003070018"


def row(id_no: str = GOOD, **cells: str | None) -> list[str | None]:
    known = dict(zip(HEADERS, ("王例", id_no, "男", "1990-03-07", "SZ-1", "84", "合格", "甲科"), strict=True))
    return list((known | cells).values())


def table(rows: Sequence[list[str | None]], sheet: str | None = "明细表", first: int = 4, above: int = 1) -> SentTable:
    lines: list[list[str | None]] = [[f"标题{line}"] for line in range(above)]
    return SentTable(sheet, lines, list(HEADERS), list(FIELDS), list(range(first, first + len(rows))), list(rows))


def finding(number: int, rule: str, field: str | None, **more: Any) -> dict[str, Any]:
    return {
        "submission_id": samples.decision().submission_id,
        "rule": rule,
        "severity": "critical",
        "field": field,
        "sheet": "明细表",
        "row_index": number - 3,
        "row": number,
        "cell": f"B{number}",
        "value": None,
        "expected": None,
        "message": "这一行有错。",
        "fix": "请改正。",
    } | more


DUPLICATE, CONFLICT = "TR.key.duplicate", "TR.key.conflict"


def beside(row: int | None, fields: Sequence[str] = (), sheet: str | None = "明细表", unit: str | None = None) -> Any:
    return {"unit": unit, "sheet": sheet, "row": row, "fields": list(fields)}


def opened(
    findings: Sequence[dict[str, Any]], tables: Sequence[SentTable], decision: Decision | None = None
) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(decision or samples.decision(), findings, tables)))


def head(sheet: Worksheet) -> int:
    return next(row[0].row for row in sheet.iter_rows(max_row=10) if row[0].value == OPINION)


def places(sheet: Worksheet) -> list[str]:
    """原行号 of the rows, from above to below."""
    column = next(cell.column for cell in sheet[head(sheet)] if is_place(str(cell.value)))
    cells = [sheet.cell(at, column).value for at in range(head(sheet) + 1, sheet.max_row + 1)]
    return [identified(str(cell))[0].rpartition("!")[2] for cell in cells if cell]


def at_row(sheet: Worksheet, number: int) -> int:
    return head(sheet) + 1 + places(sheet).index(str(number))


def column(sheet: Worksheet, header: str) -> int:
    return next(cell.column for cell in sheet[head(sheet)] if cell.value == header)


def cell(sheet: Worksheet, number: int, header: str) -> Any:
    return sheet.cell(at_row(sheet, number), column(sheet, header))


@pytest.mark.parametrize("above", [0, 1, 3])
def test_our_columns_come_first_and_stay_in_sight(above: int) -> None:
    sheet = opened([finding(5, "PN003", "id_no")], [table([row(), row(WRONG)], above=above)])["明细表"]
    headers = [str(cell.value) for cell in sheet[above + 1]]
    assert headers[:4] == [OPINION, ACTION, REASON, LIVE]
    assert tuple(headers[4:-1]) == HEADERS
    assert is_place(headers[-1])
    assert sheet.freeze_panes == f"D{above + 2}"
    assert sheet.auto_filter.ref == f"A{above + 1}:M{above + 3}"
    assert places(sheet) == ["5", "4"]


@pytest.mark.parametrize(("header", "least"), [("身份证号", 20), ("出生日期", 12), ("考核结果", 10), ("班级编号", 10)])
def test_a_column_is_as_wide_as_what_stands_in_it(header: str, least: int) -> None:
    sheet = opened([finding(4, "PN003", "id_no")], [table([row()])])["明细表"]
    assert sheet.column_dimensions[get_column_letter(column(sheet, header))].width >= least


def test_problems_link_to_their_rows() -> None:
    findings = [finding(number, "PN003", "id_no") for number in range(10, 30)]
    findings += [finding(12, "TR007", "theory_score", severity="warning", message="成绩低于合格线。")]
    findings += [finding(0, "FL001", None, row=None, row_index=None, sheet=None, message="整份文件有错。")]
    book = opened(findings, [table([row(WRONG)] * 30)])
    sheet = book["明细表"]
    links = [cell for line in book[HOW].iter_rows() for cell in line if cell.hyperlink]
    assert len(links) == 12 + 1
    for link in links:
        name, _, target = link.hyperlink.location.rpartition("!")
        assert name == "'明细表'"
        assert link.value == f"第{places(sheet)[int(target[1:]) - head(sheet) - 1]}行"
    texts = [str(cell.value) for line in book[HOW].iter_rows() for cell in line if cell.value]
    assert "等 20 处" in texts
    assert "整份文件" in texts


CODED = [("sex", "1"), ("exam_result", "1"), ("class_id", "SZ-9")]


@pytest.mark.parametrize(("field", "expected"), CODED)
def test_names_stand_for_codes(field: str, expected: str) -> None:
    sheet = opened([finding(4, "X", field, expected=expected)], [table([row()])])["明细表"]
    code_list = contract.dataset("training_record").field(field).code_list
    named = reference.codes(code_list)[expected] if code_list else expected
    assert f"应为：{named}。" in str(cell(sheet, 4, HEADERS[FIELDS.index(field)]).comment.text)


def test_drop_downs_offer_names() -> None:
    book = opened([finding(4, "PN003", "id_no")], [table([row()])])
    sheet = book["明细表"]
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    result = contract.dataset("training_record").field("exam_result")
    letter = get_column_letter(column(sheet, "考核结果"))
    assert lists[f"{letter}3:{letter}203"] == f'"{",".join(choices(result))}"'
    assert lists["B3:B203"] == f'"更正,{WITHDRAW},说明,{KEEP}"'


def test_a_place_is_a_row_and_a_column_whatever_the_file_was() -> None:
    """Cells of the workbook are others than the file's, and a text has none."""
    book = opened([finding(4, "PN003", "id_no", value="44**34")], [table([row()], sheet=None)])
    texts = [str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line if cell.value]
    assert not [text for text in texts if "B4" in text]
    assert "第4行" in texts
    assert "“身份证号”" in texts


def test_a_comment_names_what_is_judged_together() -> None:
    found_together = finding(4, "PN012", "sex", message="性别与证件号码不一致。")
    sheet = opened([found_together], [table([row()])])["明细表"]
    assert "“性别”、“身份证号”" in cell(sheet, 4, "性别").comment.text
    assert "与“性别”一并核对" in cell(sheet, 4, "身份证号").comment.text
    alone = opened([finding(4, "PN003", "id_no")], [table([row()])])["明细表"]
    assert "放在一起看" not in cell(alone, 4, "身份证号").comment.text
    three = finding(4, "TR007", "exam_result", severity="warning", message="成绩低于合格线。")
    told = cell(opened([three], [table([row()])])["明细表"], 4, "考核结果").comment.text
    assert "“考核结果”、“理论成绩”" in told


PREFILLED: list[tuple[dict[str, Any], str | None]] = [
    ({"rule": DUPLICATE}, WITHDRAW),
    ({"rule": CONFLICT}, None),
    ({"rule": "PN003"}, None),
    ({"rule": DUPLICATE, "severity": "info", "exception_id": "EX-1"}, None),
]


@pytest.mark.parametrize(("more", "action"), PREFILLED)
def test_a_row_that_is_the_same_as_an_earlier_one_is_withdrawn_beforehand(
    more: dict[str, Any], action: str | None
) -> None:
    findings = [finding(5, more["rule"], "class_id", partners=[beside(4)]) | more]
    book = opened(findings, [table([row(), row()])])
    sheet = book["明细表"]
    assert cell(sheet, 5, ACTION).value == action
    assert cell(sheet, 4, ACTION).value is None
    told = [str(line[0].value) for line in book[HOW].iter_rows(max_row=10)]
    assert any("已预填" in line for line in told) is (action is not None)


def test_partners_stand_side_by_side_and_differ_in_colour() -> None:
    rows = [row() for _ in range(300)]
    rows[256] = row(理论成绩="60")
    findings = [
        finding(
            45, CONFLICT, "class_id", partners=[beside(260, ["theory_score"])], detail="第45行与第260行：84 / 60。"
        ),
        finding(260, CONFLICT, "class_id", partners=[beside(45, ["theory_score"])]),
        *[finding(number, "PN003", "id_no") for number in (7, 50, 100)],
    ]
    sheet = opened(findings, [table(rows)])["明细表"]
    assert places(sheet)[:5] == ["7", "45", "260", "50", "100"]
    for number in (45, 260):
        assert cell(sheet, number, "理论成绩").border.left.style == "medium"
        assert cell(sheet, number, "身份证号").fill.fgColor.rgb != "FFF8CBAD"
        assert KEEP in cell(sheet, number, ACTION).comment.text
    assert "84 / 60" in cell(sheet, 45, OPINION).value
    assert cell(sheet, 50, "身份证号").border.left.style is None


def test_a_partner_without_a_problem_is_shown_beside_the_row_that_has_one() -> None:
    """Of 2,000 rows the others are left out."""
    rows = [row() for _ in range(2000)]
    findings = [finding(900, DUPLICATE, "class_id", partners=[beside(12)])]
    sheet = opened(findings, [table(rows)], samples.decision(received=2000))["明细表"]
    assert places(sheet) == ["12", "900"]
    assert "本行没有问题" in cell(sheet, 12, OPINION).value
    assert cell(sheet, 900, ACTION).value == WITHDRAW


def test_partners_on_another_sheet_or_of_another_unit_are_told_and_not_moved() -> None:
    findings = [
        finding(5, CONFLICT, "class_id", partners=[beside(4, ["theory_score"], "另一表")]),
        finding(4, CONFLICT, "class_id", sheet="另一表", partners=[beside(5, ["theory_score"])]),
        finding(6, "TR902", "class_id", severity="warning", partners=[beside(None, [], None, "CAB")]),
    ]
    book = opened(findings, [table([row(), row(), row()]), table([row()], "另一表")])
    assert places(book["明细表"]) == ["5", "6", "4"]
    assert places(book["另一表"]) == ["4"]
    assert cell(book["另一表"], 4, "理论成绩").border.left.style == "medium"


def test_three_rows_on_one_key_are_one_group() -> None:
    findings = [
        finding(number, CONFLICT, "class_id", partners=[beside(other, ["theory_score"])])
        for number, other in ((4, 9), (9, 20), (20, 4))
    ]
    assert places(opened(findings, [table([row()] * 20)])["明细表"])[:3] == ["4", "9", "20"]


def live(book: Workbook, name: str, row_number: int) -> str:
    """What 即时核对 says in a row, computed from what the workbook holds."""
    cells = {sheet.title: {cell.coordinate: cell.value for line in sheet for cell in line} for sheet in book}
    names = {sheet.title: {key: named.value for key, named in sheet.defined_names.items()} for sheet in book}
    return str(Spreadsheet(cells, names).value(name, f"={RESULT}", row_number))


LIVE_CASES: list[tuple[list[str | None], str]] = [
    (row(), ""),
    (row(WRONG), "校验码"),
    (row(性别="女"), "性别与证件号码不一致"),
    (row(出生日期="1990-03-08"), "出生日期与证件号码不一致"),
    (row(考核结果="九十分"), "“考核结果”不是代码表中的值"),
]


@pytest.mark.parametrize(("cells", "said"), LIVE_CASES)
def test_a_workbook_checks_while_it_is_corrected(cells: list[str | None], said: str) -> None:
    book = opened([finding(5, "PN003", "id_no")], [table([row("110105194912310029"), cells], above=2)])
    sheet = book["明细表"]
    at = at_row(sheet, 5)
    assert sheet.cell(at, 4).value == f"={RESULT}"
    told = live(book, "明细表", at)
    assert said in told if said else told == ""
    sheet.cell(at, column(sheet, ACTION)).value = WITHDRAW
    assert live(book, "明细表", at) == ""


@pytest.mark.parametrize("name", ["一月 '市区'", "一月!", "2026", "代码表"])
def test_a_workbook_checks_whatever_its_sheet_is_called(name: str) -> None:
    book = opened([finding(4, "PN003", "id_no", sheet=name)], [table([row(WRONG)], name)])
    sheet = book.worksheets[0]
    assert "校验码" in live(book, sheet.title, at_row(sheet, 4))


def test_a_copied_row_is_told_and_a_withdrawn_one_is_not() -> None:
    book = opened([finding(5, DUPLICATE, "class_id", partners=[beside(4)])], [table([row(), row()])])
    sheet = book["明细表"]
    assert live(book, "明细表", at_row(sheet, 5)) == ""
    cell(sheet, 5, ACTION).value = None
    assert "与上面的一行重复" in live(book, "明细表", at_row(sheet, 5))


def test_colours_reach_every_row_and_beyond_for_forgotten_ones() -> None:
    sheet = opened([finding(4, "PN003", "id_no")], [table([row()] * 3)])["明细表"]
    ranges = {str(entry.sqref): [rule.formula[0] for rule in entry.rules] for entry in sheet.conditional_formatting}
    letter = get_column_letter(column(sheet, "身份证号"))
    assert f"{letter}3:{letter}205" in ranges
    assert all(name in sheet.defined_names for name in ranges[f"{letter}3:{letter}205"][0][3:-1].split(","))
    assert any(f'"{WITHDRAW}"' in formula for formulas in ranges.values() for formula in formulas)


TEMPLATE_CASES: list[tuple[dict[str, str], str]] = [
    ({"证件号码": GOOD, "性别": "男"}, ""),
    ({"证件号码": WRONG}, "校验码"),
    ({"证件号码": GOOD, "出生日期": "1991-03-07"}, "出生日期"),
    ({"结业时间": "2026-02-30"}, "不是能识别的日期"),
    ({}, ""),
]


@pytest.mark.parametrize(("cells", "said"), TEMPLATE_CASES)
def test_a_template_checks_while_it_is_filled_in(cells: dict[str, str], said: str) -> None:
    dataset = contract.dataset("training_record")
    book = openpyxl.load_workbook(io.BytesIO(template(dataset)))
    sheet = book[dataset.title]
    headers = {str(cell.value).lstrip("*"): cell.column for cell in sheet[1]}
    for header, value in cells.items():
        sheet.cell(5002, headers[header]).value = value
    assert sheet.cell(5002, headers[LIVE]).value == f"={RESULT}"
    told = live(book, dataset.title, 5002)
    assert said in told if said else told == ""
    last = {
        str(entry.sqref).rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for entry in sheet.conditional_formatting
    }
    assert last == {"1048576"}


def test_the_same_workbook_twice_is_the_same_file() -> None:
    findings = [finding(5, DUPLICATE, "class_id", partners=[beside(4)]), finding(4, "PN003", "id_no")]
    first, second = (workbook(samples.decision(), findings, [table([row(), row()])]) for _ in range(2))
    assert first == second
    assert template(contract.dataset("certificate")) == template(contract.dataset("certificate"))


def test_sent_back_as_it_is_it_withdraws_the_copies(tmp_path: Path) -> None:
    """Of a file whose third row is its second again."""
    sent, answer = (
        Submission(RECORD.dataset, RECORD.department, RECORD.department, RECORD.period, digit * 64) for digit in "01"
    )
    lines = RECORD.table(4)
    lines.insert(3, list(lines[2]))
    (tmp_path / "sent").write_bytes(write.xlsx(lines))
    first = Job(sent.submission_id, tmp_path / "sent", "明细.xlsx", sent.dataset, sent.department)
    _, reading = first.work()
    decision = Decision(sent, "partly_accepted", Rows(5, 4, 1), reading, 1, (), "r", "f", "p")
    copied = finding(4, DUPLICATE, "class_id", sheet="Sheet1", partners=[beside(3, [], "Sheet1")])
    content = workbook(decision, [copied], gathered.tables(decision, [first]))
    (tmp_path / "answer").write_bytes(content)
    back = Job(answer.submission_id, tmp_path / "answer", "更正.xlsx", answer.dataset, answer.department)
    rows, merged = CorrectionChain((first, back)).work()
    assert (rows.num_rows, merged.supplement and merged.supplement.withdrawn) == (4, 1)
