"""Deletes what Dagster keeps of runs that ended long ago; what an asset shows as its last stays.

Ends at the instance and its databases; what of the data root goes is `orchestration.pipeline.pruning`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.defs import instance
from orchestration.pipeline.pruning import Removal
from orchestration.pipeline.run import PATIENCE_SECONDS
from warehouse.store import lock, publication_log
from warehouse.store.data_root import Root
from warehouse.store.settings import Settings, settings
from warehouse.vocabulary import clock

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def planned(root: Root, settings: Settings, now: dt.datetime) -> list[Removal]:
    """What would go; the bytes are not known before."""
    with _shared(root) as shared:
        runs = old_runs(shared, _before(settings, now)) if shared else []
    return [_removal(runs, settings, 0)] if runs else []


def prune(root: Root, settings: Settings, now: dt.datetime) -> list[Removal]:
    """Old runs with their events. Told in the log once they are gone: what a kill leaves goes with the next call."""
    with _shared(root) as shared:
        return prune_instance(shared, root, settings, now) if shared else []


def prune_instance(shared: dg.DagsterInstance, root: Root, settings: Settings, now: dt.datetime) -> list[Removal]:
    """The same of an instance that is open."""
    runs = old_runs(shared, _before(settings, now))
    for run_id in runs:
        shared.delete_run(run_id)
    if not runs:
        return []
    removal = _removal(runs, settings, _packed(root))
    with lock.hold(root, "build", wait_seconds=PATIENCE_SECONDS):
        publication_log.prune(root, removal.subject, clock.utc_text(now), removal.size, removal.reason)
    return [removal]


def old_runs(shared: dg.DagsterInstance, before: dt.datetime) -> list[str]:
    """Ids of runs that ended before a moment and are not what some asset shows."""
    entries = [record.asset_entry for record in shared.get_asset_records()]
    shown = {entry.last_run_id for entry in entries}
    for entry in entries:
        lasts = (entry.last_materialization_record, entry.last_observation_record)
        shown |= {last.run_id for last in lasts if last is not None}
    records = shared.get_run_records(dg.RunsFilter(statuses=_ENDED, updated_before=before))
    return [record.dagster_run.run_id for record in records if record.dagster_run.run_id not in shown]


@contextlib.contextmanager
def _shared(root: Root) -> Iterator[dg.DagsterInstance | None]:
    """The root's instance; none where nothing of Dagster's stands yet."""
    if settings().dagster_storage is None and not any(root.dagster.glob("*.db")):
        yield None
        return
    os.environ["DAGSTER_HOME"] = str(instance.home(root))
    with dg.DagsterInstance.get() as shared:
        yield shared


def _before(settings: Settings, now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(days=settings.retention.dagster_days)


def _removal(runs: Sequence[str], settings: Settings, size: int) -> Removal:
    reason = f"{len(runs):,} runs that ended more than {settings.retention.dagster_days} days ago"
    return Removal("dagster/runs", (), size, reason)


def _packed(root: Root) -> int:
    """SQLite gives back what was deleted only when it lays its file anew; one in use waits for the next time."""
    before = _size(root)
    for database in root.dagster.rglob("*.db"):
        with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(database)) as connection:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
    return max(0, before - _size(root))


def _size(root: Root) -> int:
    return sum(path.stat().st_size for path in root.dagster.rglob("*.db*"))
