"""From a figure's rows to sheets and files, and into CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.pipeline import figure_sources
from tests.warehouse.decided import decide, deliver, submission
from tests.warehouse.published import A, publish, row
from warehouse.published import figure_drilldown
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import SheetReading, Supplement

MOMENT = "2026-02-01T00:00:00+00:00"
SHEETS = (SheetReading("一班", 3, 2), SheetReading("=二班", 1, 1))
ONE, TWO = submission("a"), submission("b")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A, in two sheets, under the name of a person's number."""
    data_root = Root(tmp_path / "data").make()
    deliver(data_root, ONE, MOMENT, "名单440305199001011234.xlsx")
    decide(data_root, ONE, sheets=SHEETS)
    return data_root


def test_every_row_has_its_sheet_and_file(root: Root, tmp_path: Path) -> None:
    published = publish(
        root, [row("T09", A, index) for index in (1, 2, 3)] + [row("T09", "withheld", 4)], {("T09", "behind"): 4}
    )
    opened = figure_drilldown.explain(published, "T09", "main", "2026")
    out = tmp_path / "rows.csv"
    figure_sources.write_rows(root, published, opened, figure_drilldown.rows(published, opened), out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(float(row["amount"]) for row in rows) == opened.actual
    placed = [(row["row_index"], row["row_number"], row["sheet"]) for row in rows if row["fact"] != "withheld"]
    assert placed == [("1", "2", "一班"), ("2", "3", "一班"), ("3", "4", "'=二班")]
    assert {(row["file"], row["received"], row["sha256"]) for row in rows} == {
        ("名单44**************34.xlsx", f"received/{A}/content", "a" * 64),
        ("", "", ""),
    }


def test_a_correction_workbook_comes_after_what_it_answers(root: Root) -> None:
    deliver(root, TWO, MOMENT, "补报.xlsx")
    supplement = Supplement(answers=ONE.submission_id, line=(ONE.submission_id, TWO.submission_id))
    decide(root, TWO, sheets=SHEETS, supplement=supplement)
    published = publish(
        root,
        [row("T09", TWO.submission_id, 1)],
        {("T09", "behind"): 1},
        extra="insert into marts.fct_submission (submission_id, submission_kind, answers_submission_id) "
        f"values ('{TWO.submission_id}', 'correction', '{ONE.submission_id}');",
    )
    opened = figure_drilldown.explain(published, "T09", "main", "2026")
    files = figure_sources.files(root, published, opened)[TWO.submission_id]
    assert [file.name for file in files] == ["名单44**************34.xlsx", "补报.xlsx"]
    # Merged rows keep the numbers of another file: with two sheets no sheet is certain.
    assert figure_sources.sheets(root, [TWO.submission_id]) == {TWO.submission_id: []}


def test_a_file_that_cannot_be_written_is_one_sentence(root: Root, tmp_path: Path) -> None:
    published = publish(root, [row("T09", A, 1)], {("T09", "behind"): 1})
    opened = figure_drilldown.explain(published, "T09", "main", "2026")
    with pytest.raises(OperatorError, match="cannot be written"):
        figure_sources.write_rows(root, published, opened, [], tmp_path / "no" / "rows.csv")


def test_another_root_is_one_sentence(root: Root) -> None:
    published = publish(root, [row("T09", "CAB-x", 1)], {("T09", "behind"): 1})
    with pytest.raises(OperatorError, match="of another data root"):
        figure_sources.files(root, published, figure_drilldown.explain(published, "T09", "main", "2026"))
