from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from pages.render.acceptance import SHOWN_OPEN, Accepted, acceptance_files, accepted
from tests.pages import report_samples as samples
from tests.pages.report_html import Page
from warehouse.vocabulary.submission import Decision


def cell(**changes: Any) -> dict[str, Any]:
    return {
        "department_code": "CAB",
        "unit_code": "CAB",
        "dataset": "training_record",
        "period": "2026-01",
        "state": "on_time",
        "outcome": "accepted",
        "submission_id": "x",
        "held_rows": 0,
        "is_nothing_to_report": False,
    } | changes


def statement(rows: list[dict[str, Any]], decisions: list[Decision], signed: frozenset[str] = frozenset()) -> Accepted:
    return accepted("CAB", "2026-01", rows, decisions, signed, "2026-03-20-0123456789ab")


WHOLE = samples.decision("accepted", held=0)


def test_all_is_accepted_once_all_that_was_owed_is_in_and_nothing_is_held() -> None:
    one = statement([cell()], [WHOLE], frozenset({WHOLE.submission_id}))
    assert one.is_whole
    text = Page(acceptance_files(one)["html"]).text
    assert "全部接受。" in text and "没有待更正的行" in text and "1 份中 1 份已签字确认" in text
    assert "2026-03-20-0123456789ab" in text


def test_what_is_open_is_named_and_denies_the_whole() -> None:
    absent = {"outcome": None, "submission_id": None, "held_rows": None}
    rows = [
        cell(outcome="partly_accepted", held_rows=12),
        cell(dataset="certificate", state="missing", **absent),
        cell(dataset="competition", state="not_due", **absent),
        cell(dataset="training_class", outcome="rejected", held_rows=9),
    ]
    one = statement(rows, [samples.decision()])
    assert [(dataset, what) for _, dataset, what, _ in one.open] == [
        ("training_class", "returned"),
        ("certificate", "missing"),
        ("training_record", "held"),
        ("competition", "not_due"),
    ]
    text = Page(acceptance_files(one)["html"]).text
    assert "全部接受" not in text and "还有 4 份没有办完" in text and "12 行待更正" in text


def test_rows_add_up_and_say_what_had_nothing_to_report() -> None:
    nothing = dataclasses.replace(
        WHOLE,
        submission=dataclasses.replace(WHOLE.submission, unit="CAB.440305"),
        rows=type(WHOLE.rows)(0, 0, 0),
        reading=dataclasses.replace(WHOLE.reading, is_nothing=True),
    )
    one = statement([cell(), cell(unit_code="CAB.440305")], [WHOLE, nothing])
    (line,) = one.lines
    assert (line.owed, line.accepted_submissions, line.nothing_to_report, line.received_rows) == (2, 2, 1, 386)
    for line in one.lines:
        assert line.received_rows == line.accepted_rows + line.held_rows + line.withdrawn_rows


def test_the_checksum_is_over_all_that_is_stated() -> None:
    files = acceptance_files(statement([cell()], [WHOLE]))
    assert hashlib.sha256(files["json"].encode()).hexdigest() in Page(files["html"]).text
    told = json.loads(files["json"])
    assert told["submissions"][0]["submission_id"] == WHOLE.submission_id
    assert told["versions"] == {"rules": ["3f9a1c07"], "reference": ["b21e77d0"], "program": ["0.1.0"]}


def test_a_long_list_of_what_is_open_is_cut() -> None:
    rows = [
        cell(unit_code=f"CAB.{number}", state="missing", outcome=None, submission_id=None, held_rows=None)
        for number in range(40)
    ]
    page = Page(acceptance_files(statement(rows, [WHOLE]))["html"])
    assert f"另有 {40 - SHOWN_OPEN} 份" in page.text
    assert not page.mistakes
