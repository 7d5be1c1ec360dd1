"""What a correction workbook is made from: the tables of the submission's files as sent, when one is due, and which
stand.

The tables hold identifiers; they are read where the workbook is written and go nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ingest.read import Job
from ingest.sent_tables import sent_tables
from pages import site_map
from warehouse.store.data_root import Root
from warehouse.vocabulary import period, policy
from warehouse.vocabulary.submission import Decision, SentTable


def is_due(decision: Decision, open_warnings: int) -> bool:
    """Where rows are held that a clerk can correct, or warned about that a clerk can explain."""
    return (decision.rows.held > 0 or open_warnings > 0) and decision.reading.problem is None


def is_on_request(decision: Decision, as_of: dt.date) -> bool:
    """Whether the period ended so long ago that the workbook is made only when it is asked for."""
    ended = period.parse(decision.submission.period)
    days = int(policy.number("correction_workbook_days", as_of))
    return ended is not None and (as_of - ended.end).days > days


def tables(
    decision: Decision, jobs: Sequence[Job], wanted: Collection[tuple[str | None, int]] | None = None
) -> list[SentTable]:
    """`jobs`: the files that the submission was read from, oldest first (`correction_chain.jobs_of`); `wanted`: the
    rows that are needed, null for all."""
    return sent_tables(jobs, decision.reading.missing, wanted)


@dataclass(frozen=True)
class StandingWorkbooks:
    """Submissions of which a correction workbook stands, and of which those of slices do, so that pages may link to
    them."""

    whole: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()


def standing(root: Root, submissions: Iterable[Decision]) -> StandingWorkbooks:
    """Looks where they lie: a worker that died with a sender's file left none."""
    places = {
        decision.submission_id: root.path
        / site_map.correction_workbook(decision.submission.unit, decision.submission_id)
        for decision in submissions
    }
    return StandingWorkbooks(
        whole=frozenset(name for name, path in places.items() if path.is_file()),
        cut=frozenset(name for name, path in places.items() if path.with_suffix("").is_dir()),
    )
