"""The sheet by which a unit answers: what it asks, and that what is filled in is read back."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import openpyxl
import pytest

from ingest import confirmation_sheet as reader
from ingest.confirmation_sheet import Answer
from ingest.readers import Opened, open_file
from pages.gather.submission import SubmissionFacts
from pages.render.confirmation_sheet import confirmation_sheet
from pages.render.submission import confirmation_files
from tests.pages import report_samples as samples
from warehouse.store.records import Comparison
from warehouse.store.standing import Awaited, SubmissionStatus
from warehouse.vocabulary.confirmation_sheet import ANSWER, ANSWERED_BY, TITLE

FACTS = SubmissionFacts(samples.decision(), received_at=samples.DELIVERED)
NAME = FACTS.decision.submission_id
COMPARISON = Comparison(NAME, "CAB-earlier", "CAB-earlier", 156, 4, 152, "2026-02-09T08:30:00+00:00")
AWAITED = Awaited(dt.date(2026, 2, 9), dt.date(2026, 2, 27))
SHEET = confirmation_sheet(FACTS, COMPARISON, AWAITED)


def filled(**answers: str | None) -> bytes:
    """The sheet as a clerk saves it; openpyxl keeps neither the mark nor a drop-down of ours."""
    book = openpyxl.load_workbook(io.BytesIO(SHEET))
    for row in book[TITLE].iter_rows(max_col=2):
        if row[0].value in answers:
            row[1].value = answers[row[0].value]
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def read(content: bytes) -> Opened:
    return open_file(content)


def test_it_asks_with_both_numbers_and_the_last_day() -> None:
    texts = [cell.value for row in openpyxl.load_workbook(io.BytesIO(SHEET))[TITLE].iter_rows() for cell in row]
    assert "本次 4 条，现有 156 条，减少 152 条（97%）。现有数据继续有效。是否整份替换？" in texts
    assert any(str(text).startswith("2026年2月27日") for text in texts)
    assert confirmation_sheet(FACTS, COMPARISON, AWAITED) == SHEET


@pytest.mark.parametrize(("said", "is_replacement"), [("是", True), ("否", False), (" 是 ", True)])
def test_what_is_filled_in_is_read_back(said: str, is_replacement: bool) -> None:
    opened = read(filled(**{ANSWER: said, ANSWERED_BY: "张三"}))
    asked = reader.asked(opened)
    assert asked is not None and asked.submission_id == NAME
    assert reader.answer(opened) == Answer(is_replacement, "张三")


@pytest.mark.parametrize(
    ("answers", "lacking"),
    [
        ({}, "没有填写"),
        ({ANSWER: "再说", ANSWERED_BY: "张三"}, "看不明白"),
        ({ANSWER: "是/否", ANSWERED_BY: "张三"}, "看不明白"),
        ({ANSWER: "是"}, "“答复人”没有填写"),
        ({ANSWERED_BY: "张三"}, "“本单位答复”没有填写"),
    ],
)
def test_what_is_lacking_is_said_and_never_guessed(answers: dict[str, str], lacking: str) -> None:
    said = reader.answer(read(filled(**answers)))
    assert isinstance(said, str) and lacking in said


def test_it_is_known_by_its_mark_or_by_what_stands_in_it_and_no_other_file_is() -> None:
    marked = read(SHEET)
    assert reader.asked(replace(marked, sheets=())) == reader.asked(marked) is not None
    assert reader.asked(replace(marked, properties=())) == reader.asked(marked)
    other = replace(marked, properties=(), sheets=tuple(replace(sheet, name="明细") for sheet in marked.sheets))
    assert reader.asked(other) is None


def test_there_is_one_only_while_the_unit_is_asked() -> None:
    status = SubmissionStatus(
        FACTS.decision,
        "2026-02-09T08:30:00+00:00",
        "2026-02-09T08:30:00+00:00",
        3,
        "awaiting_confirmation",
        True,
        False,
        False,
        None,
        COMPARISON,
        AWAITED,
    )
    assert confirmation_files(replace(FACTS, status=status)) == {f"corrections/CAB/确认单-{NAME}.xlsx": SHEET}
    lapsed = replace(status, standing="refused", refusal="lapsed", awaited=None)
    assert confirmation_files(replace(FACTS, status=lapsed)) == {}
