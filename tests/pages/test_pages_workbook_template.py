"""Templates: what they hold, and that a filled one reads back as it was meant."""

from __future__ import annotations

import datetime as dt
import functools
import io
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from demo import render, totals, world
from demo.dialects import AS_THE_TEMPLATE
from demo.rows import Rows
from expectations.fields import field_checks
from ingest import feed as feeds
from ingest.feed import Feed
from ingest.headers import HeaderIndex
from ingest.values.codes import code
from orchestration.cli import cli
from orchestration.pipeline.check_file import checked_file
from pages.render import workbook_template
from pages.render.workbook_template import EXAMPLE, template
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.choices import choices as offered_for
from warehouse.vocabulary.contract import Kind
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.period import Period, between, parse


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 prepared rows: with all 5,000 a template takes openpyxl 2 s to open and to save."""
    monkeypatch.setattr(workbook_template, "DATA_ROWS", 60)


def month(text: str) -> Period:
    parsed = parse(text)
    assert parsed is not None
    return parsed


@functools.cache
def clean() -> dict[str, Rows]:
    """The demo world before anything is done to it."""
    first, last = month("2025-11"), month("2026-02")
    built = world.build(first, last, 0.05, 7)
    summary = totals.total_rows(built, list(between(first, last)), 0.05, np.random.default_rng(1))
    return built | {"aggregate_summary": summary}


def filled(dataset: str) -> tuple[Feed, str, bytes, int]:
    """A template of the first department and period with rows, filled with some of them."""
    rows = clean()[dataset]
    unit, period = next(
        (unit, period)
        for unit, period in zip(rows.unit.tolist(), rows.period.tolist(), strict=True)
        if "." not in unit and feeds.find(unit, dataset).owes(month(period))
    )
    mine = rows.take(
        [
            at
            for at, key in enumerate(zip(rows.unit.tolist(), rows.period.tolist(), strict=True))
            if key == (unit, period)
        ][:40]
    )
    feed = feeds.find(unit, dataset)
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset(dataset), feed)))
    sheet = book.worksheets[0]
    fields = of_columns(sheet, dataset, feed)
    for column in render.columns(mine, feed, AS_THE_TEMPLATE):
        if column.field in fields:
            kind = contract.dataset(dataset).field(column.field).kind
            for at, value in enumerate(column.cells, 4):
                cell = sheet.cell(at, fields[column.field])
                cell.value = as_typed(kind, value)
                cell.number_format = sheet.column_dimensions[get_column_letter(fields[column.field])].number_format
    sink = io.BytesIO()
    book.save(sink)
    return feed, period, sink.getvalue(), len(mine)


def as_typed(kind: Kind, value: Any) -> Any:
    """What Excel stores of it in a column of that format: a day, a time and a number are no texts."""
    if value is None:
        return None
    if kind == "time":
        return dt.time.fromisoformat(value)
    return float(value) if kind in ("int", "decimal", "percent", "money") else value


def of_columns(sheet: Worksheet, dataset: str, feed: Feed) -> dict[str, int]:
    fields = dict(feed.headers) | {field.title: field.name for field in contract.dataset(dataset).fields}
    return {
        fields[str(cell.value).lstrip("*")]: cell.column for cell in sheet[2] if str(cell.value).lstrip("*") in fields
    }


@pytest.mark.parametrize("dataset", contract.names())
def test_a_filled_template_reads_back_without_a_finding(dataset: str, tmp_path: Path) -> None:
    feed, period, content, count = filled(dataset)
    file = tmp_path / "filled.xlsx"
    file.write_bytes(content)
    decision, findings = checked_file(file, dataset, feed.department, period)
    assert findings.to_pylist() == []
    assert (decision.outcome, decision.rows.received) == ("accepted", count)
    assert count > 0
    assert decision.reading.sheets[0].left_out["example"] == 1


@pytest.mark.parametrize("dataset", contract.names())
def test_an_empty_template_is_asked_for_rows_or_a_word(dataset: str, tmp_path: Path) -> None:
    feed = next(feed for feed in feeds.feeds() if feed.dataset == dataset)
    file = tmp_path / "empty.xlsx"
    file.write_bytes(template(contract.dataset(dataset)))
    decision, findings = checked_file(file, dataset, feed.department, str(feed.first))
    assert (decision.outcome, decision.rows.received) == ("rejected", 0)
    assert [finding["rule"] for finding in findings.to_pylist()] == ["FL023"]
    assert decision.reading.missing == ()


@pytest.mark.parametrize("dataset", contract.names())
def test_the_example_row_is_what_it_asks_for(dataset: str, tmp_path: Path) -> None:
    """Taken for data, every value of it is of its column's kind, within its range and on its list."""
    feed = next(feed for feed in feeds.feeds() if feed.dataset == dataset)
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset(dataset))))
    book.worksheets[0]["A2"].value = 1
    book.save(tmp_path / "example.xlsx")
    decision, findings = checked_file(tmp_path / "example.xlsx", dataset, feed.department, str(feed.first))
    assert decision.rows.received == 1
    facts = {check.code for check in field_checks(contract.dataset(dataset)) if check.is_fact}
    assert [finding for finding in findings.to_pylist() if finding["rule"] in facts] == []


def test_every_departments_template_is_in_words_that_its_feed_knows() -> None:
    for feed in feeds.feeds():
        dataset = contract.dataset(feed.dataset)
        book = openpyxl.load_workbook(io.BytesIO(template(dataset, feed)), read_only=True)
        index = HeaderIndex(dataset, feed.headers)
        (headers,) = book.worksheets[0].iter_rows(min_row=2, max_row=2, values_only=True)
        meant = [index.fields(str(header)) for header in headers]
        supplied = {field.name for field in dataset.fields} - feed.constants.keys()
        assert sorted(name for names in meant for name in names) == sorted(supplied), (feed.department, feed.dataset)


@pytest.mark.parametrize("dataset", contract.names())
def test_every_choice_means_the_code_beside_it(dataset: str) -> None:
    lists = {f"可选值：{field.title}": str(field.code_list) for field in contract.dataset(dataset).fields}
    offered = openpyxl.load_workbook(io.BytesIO(template(contract.dataset(dataset))))["代码表"]
    for choices, codes in zip(*[offered.iter_cols(values_only=True)] * 2, strict=True):
        known = reference.aliases(lists[str(choices[0])])
        pairs = [(choice, meant) for choice, meant in zip(choices[1:], codes[1:], strict=True) if choice is not None]
        assert pairs
        assert [code(str(choice), known) for choice, _ in pairs] == [meant for _, meant in pairs]


def test_what_a_rule_refuses_is_not_offered() -> None:
    """Enterprises are no institutions: their types are on the list and not to be chosen."""
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset("institution_directory"))))
    offered = next(column for column in book["代码表"].iter_cols(values_only=True) if column[0] == "代码：机构类别")
    codes = [meant for meant in offered[1:] if meant is not None]
    assert codes == [code for code in reference.codes("institution_type") if code not in ("18", "19")]
    sheet = book.worksheets[0]
    letter = next(cell.column_letter for cell in sheet[1] if str(cell.value).lstrip("*") == "机构类别")
    [drop_down] = [rule for rule in sheet.data_validations.dataValidation if str(rule.sqref).startswith(f"{letter}3:")]
    assert drop_down.type == "list"
    assert str(drop_down.formula1).endswith(f"${1 + len(codes)}")


@pytest.mark.parametrize("code", ["18", "19"])
def test_what_is_not_offered_is_understood_and_refused(code: str, tmp_path: Path) -> None:
    """Whoever writes it all the same, by name or code, is told why it is refused."""
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset("institution_directory"))))
    sheet = book.worksheets[0]
    headers = {str(cell.value).lstrip("*"): cell.column for cell in sheet[1]}
    name = reference.codes("institution_type")[code]
    for at, written in enumerate((code, name, f"{code}-{name}"), 3):
        sheet.cell(at, headers["机构名称"]).value = f"例子{at}"
        sheet.cell(at, headers["机构类别"]).value = written
    book.save(tmp_path / "enterprises.xlsx")
    _, findings = checked_file(tmp_path / "enterprises.xlsx", "institution_directory", "EDU", "2026-01")
    refused = [finding for finding in findings.to_pylist() if finding["rule"] == "IN022"]
    assert [(finding["severity"], finding["row"]) for finding in refused] == [("critical", row) for row in (3, 4, 5)]
    understood = [cell for column in book["代码写法"].iter_cols(values_only=True) for cell in column]
    assert name in understood


def test_a_number_that_may_be_negative_is_not_warned_of() -> None:
    dataset = contract.dataset("demand_forecast")
    sheet = openpyxl.load_workbook(io.BytesIO(template(dataset))).worksheets[0]
    letters = {str(cell.value).lstrip("*"): get_column_letter(cell.column) for cell in sheet[1]}
    checks = {str(validation.sqref): validation for validation in sheet.data_validations.dataValidation}
    gap, stock = (checks[f"{letters[title]}3:{letters[title]}1048576"] for title in ("缺口", "现有人数"))
    assert float(gap.formula1) < 0
    assert (float(stock.formula1), float(stock.formula2)) == (0, 10000000)


@pytest.mark.parametrize("name", contract.names())
def test_what_a_template_offers(name: str) -> None:
    dataset = contract.dataset(name)
    book = openpyxl.load_workbook(io.BytesIO(template(dataset)))
    sheet = book.worksheets[0]
    assert book.sheetnames == [dataset.title, "填表说明", "代码表", "代码写法"]
    headers = {str(cell.value).lstrip("*"): cell for cell in sheet[1]}
    assert sheet["A2"].value == EXAMPLE
    assert sheet.protection.sheet
    for field in dataset.fields:
        cell = headers[field.title]
        assert str(cell.value).startswith("*") is field.required or field.name == "source_row_no"
        assert cell.protection.locked
        if field.name == "source_row_no":
            continue
        below = sheet.column_dimensions[cell.column_letter]
        assert not below.protection.locked
        assert cell.comment is not None
        if field.kind in ("id", "uscc", "phone", "text", "id_or_uscc"):
            assert below.number_format == "@"
    choices = {
        str(validation.sqref).split(":")[0].rstrip("0123456789")
        for validation in sheet.data_validations.dataValidation
        if validation.type == "list"
    }
    assert {headers[field.title].column_letter for field in dataset.fields if field.kind == "bool"} <= choices
    # Excel deletes no row with a locked cell in it.
    beyond = sheet.column_dimensions[get_column_letter(len(headers) + 1)]
    assert (beyond.max, beyond.protection.locked) == (16384, False)
    assert not sheet.protection.deleteRows


def test_a_departments_template_leaves_out_what_its_feed_says() -> None:
    feed = next(feed for feed in feeds.feeds() if feed.constants)
    dataset = contract.dataset(feed.dataset)
    sheet = openpyxl.load_workbook(io.BytesIO(template(dataset, feed))).worksheets[0]
    titles = {str(cell.value).lstrip("*") for cell in sheet[2]}
    assert titles
    assert not titles & {dataset.field(name).title for name in feed.constants}


@pytest.mark.parametrize("department", ["HRSS", "FIN", "CAB"])
def test_a_departments_template_names_the_folder_that_serves_it(department: str) -> None:
    feed = feeds.find(department, "aggregate_summary")
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset(feed.dataset), feed)))
    cells = [str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row]
    assert [cell for cell in cells if f"报送目录的 {department} 文件夹" in cell]


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    run = CliRunner()
    assert run.invoke(cli, ["template", "certificate", str(out), "--department", "HCD"]).exit_code == 0
    properties = openpyxl.load_workbook(out).properties
    assert (properties.title, properties.description) == (
        "证书明细填报模板",
        f"模板版本 certificate 1.0.0，代码表 {reference.version()}",
    )
    for words, said in (
        (["certificate", str(out)], "--force"),
        (["nothing", "b.xlsx"], "no dataset"),
        (["certificate", "b.xlsx", "--department", "FIN"], "does not report"),
        (["certificate", str(tmp_path / "none" / "b.xlsx")], "cannot be written"),
    ):
        result = run.invoke(cli, ["template", *words])
        assert isinstance(result.exception, OperatorError)
        assert said in str(result.exception)


FOR_WHOM: list[tuple[list[str], list[str]]] = [
    (["--department", "CAB"], ["填报单位：深圳市民政局", "报告期："]),
    (["--department", "CAB", "--period", "2026-01"], ["填报单位：深圳市民政局", "报告期：2026年1月"]),
    (
        ["--department", "HRSS", "--district", "440305", "--period", "2026-03"],
        ["填报单位：深圳市人力资源和社会保障局南山区", "报告期：2026年3月"],
    ),
]


@pytest.mark.parametrize(("words", "said"), FOR_WHOM)
def test_unit_and_period_are_filled_in(words: list[str], said: list[str], tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    assert CliRunner().invoke(cli, ["template", "training_record", str(out), *words]).exit_code == 0
    book = openpyxl.load_workbook(out)
    first = [cell for cell in book.worksheets[0][1] if cell.value]
    assert [cell.value for cell in first] == said
    assert [cell.protection.locked for cell in first] == [True, False]  # the period may be typed over
    assert book.worksheets[0].freeze_panes == "C4"


NOT_FOR: list[tuple[list[str], str]] = [
    (["--period", "2026-01"], "add --department"),
    (["--department", "CAB", "--district", "440305"], "no unit 440305"),
    (["--department", "CAB", "--period", "2026-Q1"], "not for 2026-Q1"),
    (["--department", "CAB", "--period", "bald"], "not for bald"),
]


@pytest.mark.parametrize(("words", "said"), NOT_FOR)
def test_a_template_for_nobody_is_refused(words: list[str], said: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["template", "training_record", str(tmp_path / "a.xlsx"), *words])
    assert isinstance(result.exception, OperatorError)
    assert said in str(result.exception)


EXAMPLES: list[tuple[str, str, str, dict[str, str]]] = [
    ("VET", "support_service", "2026-01", {"服务类型": "退役军人就业辅导", "人员类别": "退役军人"}),
    ("DPF", "training_record", "2026-02", {"人员类别": "残疾人", "班级编号": "SZ-DPF-2026-000123"}),
    ("HCD", "training_class", "2026-03", {"专项行动": "安全技能", "开班日期": "2026-03-01"}),
    ("EMB", "enterprise_coverage", "2026-H1", {"高危行业类别": "危险化学品", "统计时点": "2026-06-30"}),
    ("SAC", "education_fund", "2025", {"年度": "2025"}),
    ("TUF", "aggregate_summary", "2026-01", {"填报单位": "深圳市总工会", "报告期": "2026-01"}),
]


@pytest.mark.parametrize(("department", "dataset", "wanted", "shown"), EXAMPLES)
def test_the_example_is_the_departments_and_passes_its_checks(
    department: str, dataset: str, wanted: str, shown: dict[str, str], tmp_path: Path
) -> None:
    feed = feeds.find(department, dataset)
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset(dataset), feed, month(wanted))))
    sheet = book.worksheets[0]
    example = {str(head.value).lstrip("*"): cell.value for head, cell in zip(sheet[2], sheet[3], strict=True)}
    assert {header: example[header] for header in shown} == shown
    sheet["A3"].value = 1
    book.save(tmp_path / "example.xlsx")
    decision, findings = checked_file(tmp_path / "example.xlsx", dataset, department, wanted)
    assert decision.rows.received == 1
    assert [finding for finding in findings.to_pylist() if finding["severity"] == "critical"] == []


def test_every_example_is_of_a_field_and_on_its_list() -> None:
    rows = reference.table("template_examples")
    assert {row["department"] for row in rows} == {"", *reference.codes("department")}
    for row in rows:
        datasets = [contract.dataset(name) for name in contract.names() if row["dataset"] in ("", name)]
        fields = [field for dataset in datasets for field in dataset.fields if field.name == row["field"]]
        assert fields, row
        for value in filter(None, row["value"].split(";")):
            lists = {field.code_list for field in fields if field.kind in ("code", "list")}
            assert all(value in reference.codes(str(name)) for name in lists), row
            assert all(value in offered_for(field).values() for field in fields if offered_for(field)), row


def test_the_instructions_are_those_of_the_workbook() -> None:
    feed = feeds.find("CAB", "training_record")
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset("training_record"), feed, month("2026-01"))))
    texts = " ".join(str(cell) for row in book["填表说明"].iter_rows(values_only=True) for cell in row if cell)
    assert "重新报送整份文件" not in texts
    for said in (
        "更正工作簿",
        "不必重报整份文件",
        "培训人次实名制明细_2026年1月.xlsx。",
        "从第 4 行填起",
        "2026年1月的截止日是",
    ):
        assert said in texts


WIDE: list[tuple[str, int]] = [("证件号码", 20), ("单位统一社会信用代码", 20), ("出生日期", 12), ("联系电话", 13)]


@pytest.mark.parametrize(("header", "least"), WIDE)
def test_a_number_can_be_read_in_its_column(header: str, least: int) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template(contract.dataset("training_record")))).worksheets[0]
    letter = next(cell.column_letter for cell in sheet[1] if str(cell.value).lstrip("*") == header)
    assert sheet.column_dimensions[letter].width >= least


def test_what_a_template_checks_itself_is_nobodys_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saved by a program that computes nothing, 5,000 formulas without a result."""
    monkeypatch.undo()
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset("training_record"))))
    assert book.worksheets[0].max_row > 5_000
    book.save(tmp_path / "saved.xlsx")
    decision, findings = checked_file(tmp_path / "saved.xlsx", "training_record", "CAB", "2026-01")
    assert decision.rows.received == 0
    assert "即时核对" not in decision.reading.ignored
    assert [finding["rule"] for finding in findings.to_pylist()] == ["FL023"]


def test_the_same_template_twice_is_the_same_workbook() -> None:
    dataset = contract.dataset("certificate")
    first, second = (openpyxl.load_workbook(io.BytesIO(template(dataset))) for _ in range(2))
    assert [[cell.value for cell in row] for row in first.worksheets[0]] == [
        [cell.value for cell in row] for row in second.worksheets[0]
    ]
    assert isinstance(first.properties.created, dt.datetime)
