"""Writes the reports site of a data root, subject by subject; only files that say something new.

What each subject gathers, shows and writes stands in the modules of its name. Publications, with the dashboard, are
written elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ingest.pool import Pool
from pages.gather.acceptance_trend import monthly_acceptance
from pages.gather.sources import Sources, connected
from pages.gather.submission import index
from pages.write import bureau, department, rules, submission
from warehouse.store.data_root import Root
from warehouse.store.records import ApprovedException
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import reference


@dataclass(frozen=True)
class ReportRun:
    """What the reports are written from and by whom.

    `statuses`: every decided submission; `token`: the person token of a message; `readers`: the worker processes;
    `stage(name, what)` times a stage.
    """

    root: Root
    as_of: dt.date
    statuses: Sequence[SubmissionStatus]
    exceptions: Sequence[ApprovedException]
    token: Callable[[str], str]
    readers: Pool
    stage: Callable[[str, str], AbstractContextManager[None]]


def reports(run: ReportRun) -> Iterator[tuple[str, int]]:
    """Writes all reports; `rules`, each department, then `bureau`, with how many of its files changed."""
    with connected(run.root) as connection:
        sources = Sources(run.root, run.as_of, run.statuses, run.exceptions, run.token, connection)
        with run.stage("report", "submissions"):
            known = index(sources)
            acceptance = monthly_acceptance(sources.rows("from submission"))
        with run.stage("report", "rules"):
            changed = rules.write(run.root)
        yield "rules", changed
        for code in reference.codes("department"):
            with run.stage("report", code):
                changed = submission.write(sources, known, code, run.readers)
                changed += department.write(sources, code, acceptance)
            yield code, changed
        with run.stage("report", "bureau"):
            changed = bureau.write(sources)
        yield "bureau", changed
