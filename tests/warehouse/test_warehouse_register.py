"""Decisions as they are stored, and the kinds of submissions; what dbt learns carries no identifier."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from warehouse.store import register
from warehouse.store.data_root import Root
from warehouse.store.held_back import Failure, HoldBack
from warehouse.store.standing import History, SubmissionStatus, counting, statuses
from warehouse.vocabulary.submission import Decision, Delivery, FileFacts, Reading, Rows, Submission, Supplement


def submission(sha: str, period: str = "2026-01") -> Submission:
    return Submission("training_class", "CAB", "CAB", period, sha * 64)


def decision(submission: Submission, outcome: str, rules: str = "r1") -> Decision:
    return Decision(
        submission,
        outcome,
        Rows(1, 1, 0),
        Reading(FileFacts("a.xlsx", submission.sha256, 3)),
        5,
        (),  # type: ignore[arg-type]
        rules,
        "ref",
        "0",
    )


def delivery(submission: Submission, moment: str) -> Delivery:
    return Delivery(
        "drop_folder",
        submission.department,
        f"CAB/{moment}",
        3,
        moment,
        moment,
        submission.sha256,
        submission.dataset,
        submission.unit,
        submission.period,
    )


def corrected(submission: Submission) -> Decision:
    decided = decision(submission, "accepted")
    return replace(
        decided, reading=replace(decided.reading, supplement=Supplement("x", ("x", submission.submission_id)))
    )


def nothing(submission: Submission) -> Decision:
    decided = decision(submission, "accepted")
    return replace(decided, reading=replace(decided.reading, is_nothing=True))


MOMENT = "2026-02-01T00:00:00+00:00"
A, B = submission("a"), submission("b")
AS_OF = dt.date(2026, 3, 11)


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([decision(A, "accepted"), decision(B, "accepted")], ["first", "replacement"]),
        ([decision(A, "unreadable"), decision(B, "accepted")], ["first", "first"]),
        (
            [decision(A, "accepted"), corrected(B)],
            ["first", "correction"],
        ),
        ([nothing(A), decision(B, "accepted")], ["nothing", "replacement"]),
    ],
)
def test_the_kind_of_a_submission(decisions: list[Decision], expected: list[str]) -> None:
    statuses = [
        SubmissionStatus(decided, MOMENT, MOMENT, number, "standing", True, True, True)
        for number, decided in enumerate(decisions)
    ]
    assert list(register.kinds(statuses).values()) == expected


@pytest.mark.parametrize(
    ("dataset", "period", "kind"),
    [
        ("training_record", "2025-10", "back_file"),
        ("training_record", "2025-H1", "back_file"),
        ("training_record", "2025-11", "first"),
        ("talent_award", "2025", "first"),
        ("training_record", "2024-12", "first"),
        ("aggregate_summary", "2025-10", "first"),
    ],
)
def test_what_is_sent_for_the_months_of_the_balance_is_a_back_file(dataset: str, period: str, kind: str) -> None:
    decided = decision(replace(A, dataset=dataset, period=period), "accepted")
    status = SubmissionStatus(decided, MOMENT, MOMENT, 1, "standing", True, True, True)
    assert list(register.kinds([status]).values()) == [kind]
    assert list(register.kinds([replace(status, decision=nothing(decided.submission))]).values()) == ["nothing"]


def test_the_decision_under_the_present_rules_counts() -> None:
    decided = [decision(A, "accepted", "r1"), decision(A, "rejected", "r2")]
    assert counting({A.submission_id: decided}, "r2")[A.submission_id].outcome == "rejected"
    assert counting({A.submission_id: decided}, "r1")[A.submission_id].outcome == "accepted"


def test_a_decision_survives_its_file() -> None:
    decided = replace(decision(A, "rejected"), checksums={"findings.parquet": "x"})
    assert Decision.from_json(decided.to_json()) == decided


def test_names_of_files_and_folders_carry_no_identifier(tmp_path: Path) -> None:
    number = "11010519491231002X"
    stray = Delivery(
        "drop_folder",
        number,
        f"{number}/{number}.csv",
        3,
        "2026-02-01T00:00:00+00:00",
        "2026-02-01T00:00:00+00:00",
        "a" * 64,
        problem=f"文件夹 {number} 不是部门代码。",
    )
    root = Root(tmp_path)
    register.write(root.register, register.Register([stray], [], [], {}, dt.date(2026, 3, 1), "r", "f"))
    content = (root.register / "delivery.parquet").read_bytes()
    assert "不是部门代码".encode() in content
    assert number.encode() not in content


def test_the_register_tells_what_is_held_back_and_by_when_the_bureau_answers(tmp_path: Path) -> None:
    """Two working days after the file came: over the Spring Festival of 2026, 15 to 23 February."""
    root = Root(tmp_path).make()
    other = submission("c", "2026-02")
    came = [
        delivery(A, "2026-02-01T00:00:00+00:00"),
        delivery(B, "2026-02-13T16:30:00+00:00"),
        delivery(other, "2026-02-13T08:00:00+00:00"),
    ]
    decided = {sent.submission_id: decision(sent, "accepted") for sent in (A, B, other)}
    held = HoldBack(
        (
            Failure(B.submission_id, "whole"),
            Failure(B.submission_id, "rows", "amount", 4, 5),
            Failure(other.submission_id, "keys", "amount", 1, 2),
            Failure(other.submission_id, "rows", "amount", 1, 2),
            Failure(other.submission_id, "rows", "amount", 2, 3),
        )
    )
    register.write(
        root.register,
        register.Register(
            deliveries=came,
            statuses=statuses(History(came, decided, AS_OF, compared_from=9, held_back=held.submissions)),
            expected=[],
            counts={},
            as_of=AS_OF,
            rules_version="r1",
            reference_version="ref",
            held_back=held,
        ),
    )
    rows = pq.read_table(root.register / "submission.parquet").to_pylist()
    assert [(row["standing"], row["held_back_rows"], row["held_back_answer_date"]) for row in rows] == [
        ("standing", 0, None),
        ("held_back", 0, dt.date(2026, 2, 25)),
        ("standing", 2, dt.date(2026, 2, 24)),
    ]
