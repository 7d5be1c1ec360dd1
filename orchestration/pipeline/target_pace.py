"""How each of the plan's targets stands against its pace, as published. Ends at verdicts; figures are the marts'."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq

from orchestration.pipeline.verdicts import Severity, Verdict
from pages import target_words
from pages.gather import targets
from pages.gather.targets import TargetFacts
from warehouse.published import mart_files
from warehouse.published.publication import Publication

_SAID: dict[str, tuple[Severity | None, str]] = {
    "met": (None, "met"),
    "ahead": (None, "ahead of its pace"),
    "on_track": (None, "on track"),
    "behind": ("warn", "behind its pace"),
    "missed": ("error", "missed"),
    "no_data": ("warn", "no figure although reports were due"),
    "incomplete": ("warn", "its figure is not whole"),
    "reported_later": (None, "reported after the end of the period"),
    "not_begun": (None, "not begun"),
}


def target_pace(publication: Publication) -> dict[str, Verdict]:
    """Target → verdict on the period that is shown first of it."""
    as_of = dt.date.fromisoformat(publication.manifest["as_of_date"])
    # Its Parquet file: to open the database costs 40 ms.
    rows = pq.read_table(publication.folder / mart_files.place("rpt_target_progress")).to_pylist()
    return {facts.plan["id"]: pace(facts, as_of) for facts in targets.targets(rows, as_of)}


def pace(facts: TargetFacts, as_of: dt.date) -> Verdict:
    row = facts.shown
    severity, said = _SAID[targets.status(row, as_of)]
    figure, goal = target_words.figure(row), target_words.goal(row)
    return Verdict(
        f"{facts.plan['title']}, {row['period']}: {figure} of {goal}, {said}.",
        severity,
        {"period": row["period"], "figure": figure, "goal": goal, "state_of_figure": row["figure_state"]},
    )
