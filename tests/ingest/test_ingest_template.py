"""Templates: what they hold, and that a filled one reads back as it was meant."""

from __future__ import annotations

import datetime as dt
import functools
import io
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from ingest import feed as feeds
from ingest.demo import render, totals, world
from ingest.demo.dialects import Dialect
from ingest.demo.rows import Rows
from ingest.feed import Feed
from ingest.template import EXAMPLE, template
from orchestration.cli import cli
from orchestration.single import checked_file
from warehouse import contract
from warehouse.errors import OperatorError
from warehouse.period import Period, between, parse

PLAIN = Dialect("xlsx", codes="name", sex=("男", "女"), yes_no=("是", "否"), levels="short")


def month(text: str) -> Period:
    found = parse(text)
    assert found is not None
    return found


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
    unit, period = next((unit, period) for unit, period in zip(rows.unit.tolist(), rows.period.tolist(), strict=True)
                        if "." not in unit and feeds.find(unit, dataset).owes(month(period)))
    mine = rows.take([at for at, key in enumerate(zip(rows.unit.tolist(), rows.period.tolist(), strict=True))
                      if key == (unit, period)][:40])
    feed = feeds.find(unit, dataset)
    book = openpyxl.load_workbook(io.BytesIO(template(contract.dataset(dataset), feed)))
    sheet = book.worksheets[0]
    fields = of_columns(sheet, dataset, feed)
    for column in render.columns(mine, feed, PLAIN):
        if column.field in fields:
            for at, cell in enumerate(column.cells, 3):
                sheet.cell(at, fields[column.field]).value = cell
    sink = io.BytesIO()
    book.save(sink)
    return feed, period, sink.getvalue(), len(mine)


def of_columns(sheet: Worksheet, dataset: str, feed: Feed) -> dict[str, int]:
    own = dict(feed.headers) | {field.title: field.name for field in contract.dataset(dataset).fields}
    return {own[str(cell.value).lstrip("*")]: cell.column for cell in sheet[1] if str(cell.value).lstrip("*") in own}


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
def test_an_empty_template_holds_no_row_and_no_finding(dataset: str, tmp_path: Path) -> None:
    feed = next(one for one in feeds.feeds() if one.dataset == dataset)
    file = tmp_path / "empty.xlsx"
    file.write_bytes(template(contract.dataset(dataset)))
    decision, findings = checked_file(file, dataset, feed.department, str(feed.first))
    assert (decision.rows.received, findings.num_rows) == (0, 0)
    assert decision.reading.missing == ()


@pytest.mark.parametrize("dataset", contract.names())
def test_what_a_template_offers(dataset: str) -> None:
    own = contract.dataset(dataset)
    book = openpyxl.load_workbook(io.BytesIO(template(own)))
    sheet = book.worksheets[0]
    assert book.sheetnames == [own.title, "填表说明", "代码表"]
    headers = {str(cell.value).lstrip("*"): cell for cell in sheet[1]}
    assert sheet["A2"].value == EXAMPLE
    assert sheet.protection.sheet
    for field in own.fields:
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
    choices = {str(one.sqref).split(":")[0].rstrip("0123456789") for one in sheet.data_validations.dataValidation
               if one.type == "list"}
    assert {headers[field.title].column_letter for field in own.fields if field.kind == "bool"} <= choices


def test_a_departments_template_leaves_out_what_its_feed_says() -> None:
    feed = next(one for one in feeds.feeds() if one.constants)
    dataset = contract.dataset(feed.dataset)
    sheet = openpyxl.load_workbook(io.BytesIO(template(dataset, feed))).worksheets[0]
    titles = {str(cell.value).lstrip("*") for cell in sheet[1]}
    assert not titles & {dataset.field(name).title for name in feed.constants}


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    run = CliRunner()
    assert run.invoke(cli, ["template", "certificate", str(out), "--department", "HCD"]).exit_code == 0
    made = openpyxl.load_workbook(out).properties
    assert (made.title, made.description) == ("证书明细填报模板", "模板版本 certificate 1.0.0")
    for words, said in ((["certificate", str(out)], "--force"), (["nothing", "b.xlsx"], "no dataset"),
                        (["certificate", "b.xlsx", "--department", "FIN"], "does not report"),
                        (["certificate", str(tmp_path / "none" / "b.xlsx")], "cannot be written")):
        result = run.invoke(cli, ["template", *words])
        assert isinstance(result.exception, OperatorError)
        assert said in str(result.exception)


def test_the_same_template_twice_is_the_same_workbook() -> None:
    dataset = contract.dataset("certificate")
    first, second = (openpyxl.load_workbook(io.BytesIO(template(dataset))) for _ in range(2))
    assert [[cell.value for cell in row] for row in first.worksheets[0]] == [
        [cell.value for cell in row] for row in second.worksheets[0]]
    assert isinstance(first.properties.created, dt.datetime)
