"""Decisions as they are stored, and the kinds of submissions; what dbt learns carries no identifier."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse.store import register
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus, counting
from warehouse.vocabulary.submission import Decision, Delivery, FileFacts, Reading, Rows, Submission, Supplement
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


def corrected(submission: Submission) -> Decision:
    decided = decision(submission, "accepted")
    return replace(
        decided, reading=replace(decided.reading, supplement=Supplement("x", ("x", submission.submission_id)))
    )


def nothing(submission: Submission) -> Decision:
    decided = decision(submission, "accepted")
    return replace(decided, reading=replace(decided.reading, is_nothing=True))


A, B = submission("a"), submission("b")


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
        SubmissionStatus(decided, "2026-02-01T00:00:00+00:00", number, "standing", True, True, True)
        for number, decided in enumerate(decisions)
    ]
    assert list(register.kinds(statuses).values()) == expected


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
    register.write(root, register.Register([stray], [], [], HISTORY.empty_table(), dt.date(2026, 3, 1), "r", "f"))
    content = (root.register / "delivery.parquet").read_bytes()
    assert "不是部门代码".encode() in content
    assert number.encode() not in content
