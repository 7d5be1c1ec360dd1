from __future__ import annotations

import datetime as dt
from typing import Any

from pages.render.call_list import calls

AS_OF = dt.date(2026, 3, 20)


def cell(
    department: str, state: str = "on_time", outcome: str | None = "accepted", held: int | None = 0, **changes: Any
) -> dict[str, Any]:
    return {
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
    } | changes


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
    found = calls(rows, since, AS_OF)
    assert [call.department for call in found] == ["HRSS", "CAB", "FIN", "EDU"]
    assert [(call.overdue, call.returned, call.held_rows, call.held_days) for call in found] == [
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
    assert "2 份过了截止日" in call.sentences[0] and "已过 38 天" in call.sentences[0]
    assert "1,200 行有错" in call.sentences[1] and "最早的已等了 70 天" in call.sentences[1]
    assert "2025年12月" in call.sentences[1]


def test_who_owes_nothing_needs_no_call() -> None:
    assert calls([cell("COM"), cell("SAC", "not_due", None, None)], {}, AS_OF) == []
