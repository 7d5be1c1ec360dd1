"""What a correction workbook is made from: the tables of the submission's files as sent, and when one is due.

The tables hold identifiers; they are read where the workbook is written and go nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ingest.read import Job
from ingest.sent_tables import sent_tables
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


def tables(decision: Decision, jobs: Sequence[Job]) -> list[SentTable]:
    """`jobs`: the files that the submission was read from, oldest first (`correction_chain.jobs_of`)."""
    return sent_tables(jobs, decision.reading.missing)
