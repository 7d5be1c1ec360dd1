"""What the Dagster instance tells of earlier runs: whether one is under way, how often the same work was tried, which
runs died without saying so. Ends at answers; what is started then is `sensors`.
"""

from __future__ import annotations

import datetime as dt

import dagster as dg

from warehouse.store import lock
from warehouse.store.data_root import Root

WORK = "skills/work"
"""Tag: the digest of the work for which a run was started."""
_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_RUNNING = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_STARTS_WITHIN = dt.timedelta(minutes=5)
"""A run holds its root's lock from its first step on; until then its process imports what it needs, 10 s."""
_FIRST_PAUSE, _LONGEST_PAUSE = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def end_dead_runs(instance: dg.DagsterInstance, root: Root, now: dt.datetime) -> int:
    """Marks runs as failed whose process is gone; how many.

    A killed process tells nobody, and a run that looks as if it were under way would hold up all others for good. Every
    run holds the root's lock: where nobody does, none is alive but those that have only just begun.
    """
    if lock.holder(root) is not None:
        return 0
    dead = [
        record.dagster_run
        for record in instance.get_run_records(dg.RunsFilter(statuses=_RUNNING))
        if now - record.update_timestamp.astimezone(dt.UTC) > _STARTS_WITHIN
    ]
    for run in dead:
        instance.report_run_failed(run, "Its process ended without a word: killed, or the machine stopped.")
    return len(dead)


def under_way(instance: dg.DagsterInstance, jobs: frozenset[str]) -> str | None:
    """The id of a queued or running run of one of the jobs."""
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY)):
        if run.job_name in jobs:
            return run.run_id
    return None


def attempts(instance: dg.DagsterInstance, work: str) -> tuple[int, dt.datetime | None]:
    """How many runs were started for this work, and from when on it may be tried again: the pause doubles."""
    records = instance.get_run_records(dg.RunsFilter(tags={WORK: work}))
    if not records:
        return 0, None
    ended = max(record.update_timestamp.astimezone(dt.UTC) for record in records)
    return len(records), ended + min(_FIRST_PAUSE * 2 ** min(len(records) - 1, 10), _LONGEST_PAUSE)
