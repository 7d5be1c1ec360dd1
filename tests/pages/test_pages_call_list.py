"""Who needs a call from the bureau, in which order, and what is said to them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from pages.gather.call_list import calls
from pages.render.call_list import call_facts, csv_text, sentences
from tests.pages import report_samples as samples

AS_OF = dt.date(2026, 3, 20)


def cell(
    department: str, state: str = "on_time", outcome: str | None = "accepted", held: int | None = 0, **changes: Any
) -> dict[str, Any]:
    row = {
        "department_code": department,
        "unit_code": department,
        "dataset": "training_record",
        "period": "2026-01",
        "due_date": dt.date(2026, 2, 10),
        "state": state,
        "outcome": outcome,
        "held_rows": held,
        "is_nothing_to_report": False,
        "submission_id": None if outcome is None else "x",
        "as_of_date": AS_OF,
    }
    return samples.standing_columns(outcome) | row | {"received_at": dt.datetime(2026, 2, 5, 2)} | changes


def test_overdue_comes_before_returned_before_rows_that_wait_longest() -> None:
    rows = [
        cell("FIN", outcome="partly_accepted", held=5),
        cell("EDU", outcome="partly_accepted", held=900),
        cell("CAB", outcome="rejected", held=40),
        cell("HRSS", "missing", None, None),
        cell("COM"),
        cell("SAC", "not_due", None, None),
    ]
    since = {"FIN": dt.date(2025, 12, 10), "EDU": dt.date(2026, 3, 10)}
    listed = [call_facts(call) for call in calls(rows, since, AS_OF)]
    assert [call["department"] for call in listed] == ["HRSS", "CAB", "FIN", "EDU"]
    counted = ("overdue", "returned", "held_rows", "held_days")
    assert [tuple(call[name] for name in counted) for call in listed] == [
        (1, 0, 0, 0),
        (0, 1, 0, 0),
        (0, 0, 5, 100),
        (0, 0, 900, 10),
    ]


def test_the_sentences_name_what_and_how_long() -> None:
    rows = [
        cell("HRSS", "missing", None, None, unit_code="HRSS.440305"),
        cell("HRSS", "missing", None, None),
        cell("HRSS", outcome="partly_accepted", held=1_200, period="2025-12"),
    ]
    (call,) = calls(rows, {"HRSS": dt.date(2026, 1, 9)}, AS_OF)
    overdue, held = sentences(call)
    assert "2 份逾期未报" in overdue and "已过 38 天" in overdue
    assert "逾期未更正 1,200 条" in held and "最早的已等了 70 天" in held
    assert "2025年12月" in held


def test_a_correction_is_overdue_five_working_days_after_the_report() -> None:
    held = {"outcome": "partly_accepted", "held": 3}
    in_time = cell("FIN", **held, received_at=dt.datetime(2026, 3, 13, 2))
    overdue = cell("COM", **held, received_at=dt.datetime(2026, 3, 12, 2))
    assert [call.department for call in calls([in_time, overdue], {}, AS_OF)] == ["COM"]


def test_who_was_asked_three_working_days_ago_is_reminded() -> None:
    rows = [
        cell(
            department,
            latest_standing="awaiting_confirmation",
            latest_asked_date=asked,
            latest_answer_until_date=dt.date(2026, 3, 31),
        )
        for department, asked in (("FIN", dt.date(2026, 3, 18)), ("COM", dt.date(2026, 3, 17)))
    ]
    (call,) = calls(rows, {}, AS_OF)
    (said,) = sentences(call)
    assert (call.department, call_facts(call)["unanswered"]) == ("COM", 1)
    assert "待本单位确认" in said and "最迟 2026年3月31日答复" in said and "确认单" in said


def test_what_was_returned_and_not_sent_again_in_time_is_said_to_be_overdue() -> None:
    rejected = {"outcome": "rejected", "held": 40}
    late = cell("FIN", **rejected, received_at=dt.datetime(2026, 3, 12, 2))
    fresh = cell("COM", **rejected, received_at=dt.datetime(2026, 3, 13, 2))
    said = {call.department: sentences(call)[0] for call in calls([late, fresh], {}, AS_OF)}
    assert "1 份退回后未重报（逾期未更正 1 份），为《培训人次实名制明细》2026年1月" in said["FIN"]
    assert "逾期未更正" not in said["COM"]
    assert all("请联系了解退回原因处理情况及存在困难。" in sentence for sentence in said.values())


def test_the_list_for_spreadsheets_has_a_line_for_all_that_is_called_about() -> None:
    held = {"outcome": "partly_accepted", "held": 7}
    asked = {
        "latest_standing": "awaiting_confirmation",
        "latest_submission_id": "COM-new",
        "latest_asked_date": dt.date(2026, 3, 17),
        "latest_answer_until_date": dt.date(2026, 3, 31),
    }
    rows = [
        cell("HRSS", "missing", None, None, unit_code="HRSS.440305"),
        cell("CAB", outcome="rejected", held=40, submission_id="CAB-x"),
        cell("FIN", **held, received_at=dt.datetime(2026, 3, 12, 2), submission_id="FIN-x"),
        cell("COM", **asked),
        cell("TRA", **held, received_at=dt.datetime(2026, 3, 13, 2)),
    ]
    text = csv_text(calls(rows, {}, AS_OF), AS_OF)
    assert text.startswith("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    told = ("报送单位", "事项", "期限", "已逾期（天）", "待更正（条）", "报送编号")
    assert [tuple(line[title] for title in told) for line in lines] == [
        ("HRSS.440305", "逾期未报", "2026-02-10", "38", "", ""),
        ("CAB", "逾期未更正", "2026-02-12", "36", "40", "CAB-x"),
        ("COM", "待本单位确认", "2026-03-31", "", "", "COM-new"),
        ("FIN", "逾期未更正", "2026-03-19", "1", "7", "FIN-x"),
    ]


def test_who_owes_nothing_needs_no_call() -> None:
    assert calls([cell("COM"), cell("SAC", "not_due", None, None)], {}, AS_OF) == []
