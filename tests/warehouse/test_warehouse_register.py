"""Which submission of a key is newest, and which is current."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from warehouse.store import register
from warehouse.store.data_root import Root
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
