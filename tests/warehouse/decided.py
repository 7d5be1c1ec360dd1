"""Deliveries and decisions laid straight into a data root. Test support only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ingest import receive
from warehouse.store import decision_log, log
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Decision, Delivery, FileFacts, Reading, Rows, Submission

BEFORE_ALL = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def submission(sha: str, period: str = "2026-01") -> Submission:
    return Submission("training_class", "CAB", "CAB", period, sha * 64)


def decision(submission: Submission, rules: str = "r1", **reading: Any) -> Decision:
    return Decision(
        submission,
        "accepted",
        Rows(1, 1, 0),
        Reading(FileFacts("a.xlsx", submission.sha256, 3), **reading),
        5,
        (),
        rules,
        "ref",
        "0",
    )


def decide(
    root: Root, submission: Submission, rules: str = "r1", at: dt.datetime = BEFORE_ALL, **reading: Any
) -> Decision:
    """A decision that stands."""
    decided = decision(submission, rules, **reading)
    folder = root.decision_folder(decided)
    folder.mkdir(parents=True)
    (folder / "decision.json").write_text(decided.to_json(), "utf-8")
    decision_log.add(root, [decided], at)
    return decided


def deliver(root: Root, submission: Submission, moment: str, name: str = "a.xlsx") -> None:
    line = Delivery(
        "drop_folder",
        submission.department,
        f"CAB/{name}",
        3,
        moment,
        moment,
        submission.sha256,
        submission.dataset,
        submission.unit,
        submission.period,
    )
    log.append(root.deliveries, [receive.entry_of(line)])
