"""Judges what stands and writes the register's findings; what a judgement found is kept for the next.

The steps of one judgement in their order; each is `expectations`'. Ends at `work/register/finding.parquet` and counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from expectations import cross_submission, finding_history, judgement_store, submission_findings
from expectations.across_tables import AcrossTables, RowParts, decided_parts, pinned_parts
from warehouse.store import snapshot
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import privacy
from warehouse.vocabulary.privacy import Key


@dataclass(frozen=True)
class Ground:
    """What is judged: where submissions stand, and the rows of what stands."""

    root: Root
    statuses: Sequence[SubmissionStatus]
    parts: RowParts
    key: Key


def row_parts(
    root: Root, statuses: Sequence[SubmissionStatus], pinned: snapshot.Parts, left_out: snapshot.Rows
) -> RowParts:
    """What a build reads; but rows that it leaves out are judged like all others, so that one orphans nobody."""
    submissions = {submission_id for submission_id, _ in left_out}
    places = {
        (status.decision.submission.dataset, status.decision.submission.period)
        for status in statuses
        if status.decision.submission_id in submissions
    }
    parts = pinned_parts(root, pinned)
    of_places = [
        status
        for status in statuses
        if (status.decision.submission.dataset, status.decision.submission.period) in places
    ]
    for dataset, by_period in decided_parts(root, of_places).items():
        parts.setdefault(dataset, {}).update(by_period)
    return parts


def judge(con: duckdb.DuckDBPyConnection, ground: Ground) -> finding_history.Counts:
    """Writes the findings of all submissions, each alone and against each other; how many each has."""
    privacy.install(con, ground.key)
    store_file = ground.root.judged
    try:
        return _judge(con, ground)
    except duckdb.Error:
        if not store_file.exists():
            raise
        judgement_store.remove(store_file)  # damaged where nothing read until now; else it fails again
        return _judge(con, ground)


def _judge(con: duckdb.DuckDBPyConnection, ground: Ground) -> finding_history.Counts:
    root, statuses = ground.root, ground.statuses
    with judgement_store.opened(con, root.judged, judgement_store.version(ground.key)) as store:
        submission_findings.lay(store, root, statuses)
        cross_submission.judge(store, AcrossTables(store, root, statuses, ground.parts))
        store.forget_unused()
        finding_history.lay_statuses(con, statuses)
        finding_history.lay_findings(con)
        root.register.mkdir(parents=True, exist_ok=True)
        finding_history.remember(con, root.register / "finding.parquet")
        return finding_history.counts(con)
