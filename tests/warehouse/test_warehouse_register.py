"""Which submission of a key is newest, and which is current."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from warehouse.store import register
from warehouse.store.data_root import Root
from warehouse.store.held_back import Failure, HoldBack
from warehouse.vocabulary.submission import Decision, Delivery, FileFacts, Reading, Rows, Submission
from warehouse.vocabulary.tables import HISTORY


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


def place(deliveries: list[Delivery], *decisions: Decision) -> dict[str, tuple[bool, bool]]:
    decided: dict[str, list[Decision]] = {}
    for decided_once in decisions:
        decided.setdefault(decided_once.submission_id, []).append(decided_once)
    return {
        status.decision.submission.sha256[0]: (status.is_newest, status.is_current)
        for status in register.submission_statuses(deliveries, decided, "r2")
    }


A, B = submission("a"), submission("b")


def test_the_newest_accepted_is_current() -> None:
    came = [delivery(A, "2026-02-01T00:00:00+00:00"), delivery(B, "2026-02-02T00:00:00+00:00")]
    assert place(came, decision(A, "accepted"), decision(B, "partly_accepted")) == {
        "a": (False, False),
        "b": (True, True),
    }


def test_a_rejected_newest_leaves_the_older_current() -> None:
    came = [delivery(A, "2026-02-01T00:00:00+00:00"), delivery(B, "2026-02-02T00:00:00+00:00")]
    assert place(came, decision(A, "accepted"), decision(B, "rejected")) == {"a": (False, True), "b": (True, False)}


def test_the_same_bytes_sent_again_are_current_again() -> None:
    came = [
        delivery(A, "2026-02-01T00:00:00+00:00"),
        delivery(B, "2026-02-02T00:00:00+00:00"),
        delivery(A, "2026-02-03T00:00:00+00:00"),
    ]
    assert place(came, decision(A, "accepted"), decision(B, "accepted")) == {"a": (True, True), "b": (False, False)}


def test_another_period_is_another_key() -> None:
    other = submission("c", "2026-02")
    came = [delivery(A, "2026-02-01T00:00:00+00:00"), delivery(other, "2026-03-02T00:00:00+00:00")]
    assert place(came, decision(A, "accepted"), decision(other, "accepted")) == {"a": (True, True), "c": (True, True)}


def test_the_decision_under_the_present_rules_counts() -> None:
    came = [delivery(A, "2026-02-01T00:00:00+00:00")]
    assert place(came, decision(A, "accepted", "r1"), decision(A, "rejected", "r2")) == {"a": (True, False)}


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
    register.write(root, register.Register([stray], [], [], HISTORY.empty_table(), dt.date(2026, 3, 1), "r", "f"))
    content = (root.register / "delivery.parquet").read_bytes()
    assert "不是部门代码".encode() in content
    assert number.encode() not in content


def test_what_is_held_back_is_newest_and_what_stood_before_is_current() -> None:
    """A whole file or a merged correction alike; with nothing before it, nothing is current."""
    came = [delivery(A, "2026-02-01T00:00:00+00:00"), delivery(B, "2026-02-02T00:00:00+00:00")]
    decided = {submission.submission_id: [decision(submission, "accepted")] for submission in (A, B)}

    def places(*held: Submission) -> list[tuple[bool, bool]]:
        ids = {submission.submission_id for submission in held}
        return [
            (status.is_newest, status.is_current) for status in register.submission_statuses(came, decided, "r1", ids)
        ]

    assert places() == [(False, False), (True, True)]
    assert places(B) == [(False, True), (True, False)]
    assert places(A) == [(False, False), (True, True)]
    assert places(A, B) == [(False, False), (True, False)]


def test_the_register_tells_what_is_held_back_and_by_when_the_bureau_answers(tmp_path: Path) -> None:
    """Two working days after the file came: over the Spring Festival of 2026, 15 to 23 February."""
    root = Root(tmp_path).make()
    other = submission("c", "2026-02")
    came = [
        delivery(A, "2026-02-01T00:00:00+00:00"),
        delivery(B, "2026-02-13T16:30:00+00:00"),
        delivery(other, "2026-02-13T08:00:00+00:00"),
    ]
    decided = {sent.submission_id: [decision(sent, "accepted")] for sent in (A, B, other)}
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
        root,
        register.Register(
            deliveries=came,
            statuses=register.submission_statuses(came, decided, "r1", held.submissions),
            expected=[],
            findings=HISTORY.empty_table(),
            as_of=dt.date(2026, 3, 11),
            rules_version="r1",
            reference_version="ref",
            held_back=held,
        ),
    )
    rows = pq.read_table(root.register / "submission.parquet").to_pylist()
    assert [
        (row["is_current"], row["is_held_back"], row["held_back_rows"], row["held_back_answer_date"]) for row in rows
    ] == [
        (True, False, 0, None),
        (False, True, 0, dt.date(2026, 2, 25)),
        (True, False, 2, dt.date(2026, 2, 24)),
    ]
    assert pq.read_table(root.register / "held_back_row.parquet").to_pylist() == [
        {"submission_id": other.submission_id, "row_index": 1, "test_names": "keys;rows"},
        {"submission_id": other.submission_id, "row_index": 2, "test_names": "rows"},
    ]
