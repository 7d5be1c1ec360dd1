"""How each of the plan's targets stands against its pace, as published. Ends at verdicts; figures are the marts'."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq

from orchestration.pipeline.verdicts import Severity, Verdict
from pages import target_words
from pages.gather import targets
from pages.gather.targets import TargetFacts
from warehouse.published import mart_parts
from warehouse.published.publication import Publication

_SAID: dict[str, tuple[Severity | None, str]] = {
    "ahead": (None, "ahead of its pace"),
    "on_track": (None, "on its pace"),
    "slightly_behind": (None, "slightly behind its pace"),
    "behind": ("warn", "behind its pace"),
    "done": (None, "done"),
    "not_done": ("error", "not done"),
    "reached": (None, "reached"),
    "not_reached": ("warn", "not reached"),
    "announced": (None, "announced"),
    "exceeded": ("error", "over its quota"),
    "not_selected": (None, "nobody selected yet"),
    "not_paced": (None, "not judged by time"),
    "not_due": (None, "nothing due yet"),
    "incomplete": ("warn", "not judged: units that matter are missing"),
    "balance_not_split": (None, "not judged: its opening balance does not tell the reading"),
    "no_data": ("warn", "no figure although reports were due"),
}


def target_pace(publication: Publication) -> dict[str, Verdict]:
    """Target → verdict on the period that is shown first of it."""
    as_of = dt.date.fromisoformat(publication.manifest["as_of_date"])
    # Its Parquet file: to open the database costs 40 ms.
    rows = pq.read_table(publication.folder / mart_parts.place("rpt_target_progress")).to_pylist()
    return {facts.plan["id"]: pace(facts) for facts in targets.targets(rows, as_of)}


def pace(facts: TargetFacts) -> Verdict:
    row = facts.shown
    severity, said = _SAID[row["status"]]
    if targets.is_missed(row):
        severity = "error"
    figure, goal = target_words.figure(row), target_words.goal(row)
    return Verdict(
        f"{facts.plan['title']}, {row['period']}: {figure} of {goal}, {said}.",
        severity,
        {"period": row["period"], "figure": figure, "goal": goal, "state_of_figure": row["figure_state"]},
    )
