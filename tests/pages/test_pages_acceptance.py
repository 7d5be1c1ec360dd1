"""What of a department's data for a period was accepted: the statement, and the certificate that states it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from pages.gather import acceptance
from pages.gather.acceptance import OPEN_STATES, AcceptanceStatement
from pages.gather.publications import DepartmentPeriod
from pages.render.acceptance import OPEN_TITLES, SHOWN_OPEN, acceptance_texts
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.vocabulary.submission import Decision


def cell(**changes: Any) -> dict[str, Any]:
    return samples.grid_row(period="2026-01", **changes)


def statement(
    rows: list[dict[str, Any]], decisions: list[Decision], signed: frozenset[str] = frozenset()
) -> AcceptanceStatement:
    key = DepartmentPeriod("CAB", "2026-01")
    return acceptance.statement(key, rows, decisions, signed, "2026-03-20-0123456789ab")


WHOLE = samples.decision("accepted", held=0)


def test_all_is_accepted_once_all_that_was_owed_is_in_and_nothing_is_held() -> None:
    stated = statement([cell()], [WHOLE], frozenset({WHOLE.submission_id}))
    assert stated.is_whole
    text = Page(acceptance_texts(stated)["html"]).text
    assert "全部校验通过。" in text and "没有待更正的记录" in text and "1 份中 1 份已审签" in text
    assert "2026-03-20-0123456789ab" in text


def test_what_is_open_is_named_and_denies_the_whole() -> None:
    absent = {"outcome": None, "submission_id": None, "held_rows": None}
    rows = [
        cell(outcome="partly_accepted", held_rows=12),
        cell(dataset="certificate", state="missing", **absent),
        cell(dataset="competition", state="not_due", **absent),
        cell(dataset="talent_award", standing="held_back"),
        cell(dataset="training_class", outcome="rejected", held_rows=9),
    ]
    stated = statement(rows, [samples.decision()])
    assert [(item.dataset, item.state) for item in stated.open] == [
        ("training_class", "returned"),
        ("certificate", "missing"),
        ("talent_award", "held_back"),
        ("training_record", "held"),
        ("competition", "not_due"),
    ]
    text = Page(acceptance_texts(stated)["html"]).text
    assert "全部校验通过" not in text and "还有 5 份没有办完" in text and "12 条待更正" in text


def test_rows_add_up_and_say_what_had_nothing_to_report() -> None:
    nothing = dataclasses.replace(
        WHOLE,
        submission=dataclasses.replace(WHOLE.submission, unit="CAB.440305"),
        rows=type(WHOLE.rows)(0, 0, 0),
        reading=dataclasses.replace(WHOLE.reading, is_nothing=True),
    )
    stated = statement([cell(), cell(unit_code="CAB.440305")], [WHOLE, nothing])
    (line,) = stated.lines
    assert (line.owed, line.accepted_submissions, line.nothing_to_report, line.received_rows) == (2, 2, 1, 386)
    for line in stated.lines:
        assert line.received_rows == line.accepted_rows + line.held_rows + line.withdrawn_rows


def test_the_checksum_is_over_all_that_is_stated() -> None:
    texts = acceptance_texts(statement([cell()], [WHOLE]))
    assert hashlib.sha256(texts["json"].encode()).hexdigest() in Page(texts["html"]).text
    told = json.loads(texts["json"])
    assert told["submissions"][0]["submission_id"] == WHOLE.submission_id
    assert told["versions"] == {"rules": ["3f9a1c07"], "reference": ["b21e77d0"], "program": ["0.1.0"]}


def test_a_long_list_of_what_is_open_is_cut() -> None:
    rows = [
        cell(unit_code=f"CAB.{number}", state="missing", outcome=None, submission_id=None, held_rows=None)
        for number in range(40)
    ]
    page = Page(acceptance_texts(statement(rows, [WHOLE]))["html"])
    assert f"另有 {40 - SHOWN_OPEN} 份" in page.text
    assert not page.mistakes


def test_every_open_state_has_a_title_worst_first() -> None:
    assert tuple(OPEN_TITLES) == OPEN_STATES
