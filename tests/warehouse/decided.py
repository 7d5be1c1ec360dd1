"""Deliveries and decisions laid straight into a data root. Test support only."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Decision, Delivery, FileFacts, Reading, Rows, Submission


def submission(sha: str, period: str = "2026-01") -> Submission:
    return Submission("training_class", "CAB", "CAB", period, sha * 64)


def decision(one: Submission, rules: str = "r1", **reading: Any) -> Decision:
    return Decision(
        one, "accepted", Rows(1, 1, 0), Reading(FileFacts("a.xlsx", one.sha256, 3), **reading), 5, (), rules, "ref", "0"
    )


def decide(root: Root, one: Submission, rules: str = "r1", **reading: Any) -> Decision:
    """A decision that stands."""
    made = decision(one, rules, **reading)
    folder = root.decision_folder(made)
    folder.mkdir(parents=True)
    (folder / "decision.json").write_text(made.to_json(), "utf-8")
    return made


def deliver(root: Root, one: Submission, moment: str, name: str = "a.xlsx") -> None:
    line = Delivery(
        "drop_folder", one.department, f"CAB/{name}", 3, moment, moment, one.sha256, one.dataset, one.unit, one.period
    )
    root.received.mkdir(parents=True, exist_ok=True)
    with root.deliveries.open("a", encoding="utf-8") as file:
        file.write(json.dumps(dataclasses.asdict(line)) + "\n")
