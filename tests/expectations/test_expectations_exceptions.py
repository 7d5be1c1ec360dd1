"""Approved exceptions: they let pass up to so many rows, name themselves in the decision, and above that do nothing."""

from __future__ import annotations

import pytest

from expectations.check import Batch, Checked, check
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import KEY, Row, reading, shaped, submission
from warehouse.store.records import ApprovedException
from warehouse.vocabulary import contract

CLASS: Row = {
    "class_name": "养老护理员",
    "org_uscc": "91350100M000100Y43",
    "org_name": "某学校",
    "project_type": "01",
    "special_action": "06",
    "programs": "06",
    "occupation_name": "养老护理员",
    "training_mode": "1",
    "start_date": "2026-06-01",
    "end_date": "2026-06-05",
    "planned_hours": 40,
    "venue_district": "440305",
    "funding_source": "01",
    "competent_dept": "HRSS",
}


def exception(number: int, rule: str = "TC001", rows: int = 2, until: str = "2026-12-31") -> ApprovedException:
    return ApprovedException(f"EX{number:04d}", rule, "HRSS", rows, until, "李审批", "过渡期", "2026-06-01T00:00:00")


def judged(wrong: int, *exceptions: ApprovedException) -> Checked:
    """Ten classes, of which so many end before they start."""
    sent = submission("training_class")
    rows = [
        dict(CLASS)
        | {"submission_id": sent.submission_id, "class_id": f"SZ-{number}"}
        | ({"end_date": "2026-05-31"} if number < wrong else {})
        for number in range(10)
    ]
    with connect(None) as con:
        return check(
            con,
            Batch(
                contract.dataset("training_class"),
                shaped(contract.dataset("training_class"), rows),
                [(sent, reading("training_class"))],
                KEY,
                exceptions=exceptions,
            ),
        )


def of_rule(checked: Checked) -> list[tuple[str, str | None]]:
    return [(row["severity"], row["exception_id"]) for row in checked.findings.to_pylist() if row["rule"] == "TC001"]


def test_without_an_exception_the_rows_are_held() -> None:
    checked = judged(2)
    assert of_rule(checked) == [("critical", None)] * 2
    assert (checked.decisions[0].outcome, checked.decisions[0].rows.held) == ("partly_accepted", 2)


def test_up_to_its_rows_it_lets_pass_and_is_named() -> None:
    checked = judged(2, exception(1))
    decision = checked.decisions[0]
    assert of_rule(checked) == [("info", "EX0001")] * 2
    assert (decision.outcome, decision.rows.held, decision.exceptions) == ("accepted", 0, ("EX0001",))
    assert decision.folder_name.endswith("+EX0001")


@pytest.mark.parametrize(
    "other",
    [
        exception(1, rows=1),
        exception(1, until="2026-05-31"),
        exception(1, rule="TC007"),
        ApprovedException("EX0001", "TC001", "CAB", 9, "2026-12-31", "李审批", "过渡期", "2026-06-01T00:00:00"),
    ],
)
def test_above_its_rows_or_for_others_it_does_nothing(other: ApprovedException) -> None:
    checked = judged(2, other)
    assert of_rule(checked) == [("critical", None)] * 2
    assert (checked.decisions[0].outcome, checked.decisions[0].exceptions) == ("partly_accepted", ())


def test_of_two_that_fit_the_first_is_named() -> None:
    assert judged(1, exception(2), exception(1)).decisions[0].exceptions == ("EX0001",)
