"""Which of Dagster's runs ended since the last look, and how: each once, in the order in which they were told of.

Runs of `skills run` are left to it. Why one failed is `failures`. Ends at `run_outcomes.Ended`.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import dagster as dg

from orchestration.defs import failures, jobs
from orchestration.defs.sensors import BY_COMMAND_LINE
from orchestration.pipeline.run_outcomes import Ended, Outcome, Work
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock

_OUTCOMES: dict[dg.DagsterRunStatus, Outcome] = {
    dg.DagsterRunStatus.SUCCESS: "success",
    dg.DagsterRunStatus.FAILURE: "failure",
    dg.DagsterRunStatus.CANCELED: "canceled",
}
_AT_ONCE = 200
_REMEMBERED = 2 * _AT_ONCE
"""Runs that are told of again by a change of their tags, which is a retry's."""


@dataclass(frozen=True)
class Seen:
    """`after`: when the last of them was told of (UTC, ISO 8601); `runs`: the last of their ids."""

    after: str = "1970-01-01T00:00:00+00:00"
    runs: tuple[str, ...] = ()

    @classmethod
    def of(cls, cursor: str | None) -> Seen:
        told = json.loads(cursor) if cursor else None
        return cls(told["after"], tuple(told["runs"])) if told else cls()

    @property
    def facts(self) -> dict[str, Any]:
        return {"after": self.after, "runs": list(self.runs)}


def since(instance: dg.DagsterInstance, root: Root, seen: Seen) -> tuple[list[Ended], Seen]:
    """At most some hundred at once; what is left comes with the next look."""
    records = instance.get_run_records(
        dg.RunsFilter(statuses=list(_OUTCOMES), updated_after=dt.datetime.fromisoformat(seen.after)),
        order_by="update_timestamp",
        ascending=True,
        limit=_AT_ONCE,
    )
    new = [record for record in records if record.dagster_run.run_id not in seen.runs]
    ended = [
        _ended(instance, root, record)
        for record in new
        if not BY_COMMAND_LINE.items() <= record.dagster_run.tags.items()
    ]
    if not records:
        return ended, seen
    runs = (*seen.runs, *(record.dagster_run.run_id for record in new))[-_REMEMBERED:]
    return ended, Seen(_moment(records[-1].update_timestamp), runs)


def _ended(instance: dg.DagsterInstance, root: Root, record: dg.RunRecord) -> Ended:
    run = record.dagster_run
    outcome = _OUTCOMES[run.status]
    began, ended = record.start_time or record.end_time, record.end_time
    return Ended(
        job=run.job_name,
        works=_works(run.job_name),
        outcome=outcome,
        began=_of_seconds(began, record.create_timestamp),
        ended=_of_seconds(ended, record.update_timestamp),
        run_id=run.run_id,
        reason=_reason(instance, root, run.run_id) if outcome == "failure" else "",
    )


def _works(job: str) -> tuple[Work, ...]:
    if job in jobs.COLLECTING:
        return "build", "intake"
    works: dict[str, tuple[Work, ...]] = {
        jobs.build.name: ("build",),
        jobs.intake.name: ("intake",),
        jobs.report.name: ("report",),
        jobs.audit.name: ("audit",),
    }
    return works.get(job, ())


def _reason(instance: dg.DagsterInstance, root: Root, run_id: str) -> str:
    kinds = (dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE)
    entries = [entry for kind in kinds for entry in instance.all_logs(run_id, of_type=kind)]
    return failures.kept((entry.get_dagster_event() for entry in entries), root)


def _moment(moment: dt.datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).isoformat()


def _of_seconds(seconds: float | None, otherwise: dt.datetime) -> str:
    if seconds is not None:
        return clock.utc_text(dt.datetime.fromtimestamp(seconds, dt.UTC))
    return clock.utc_text(dt.datetime.fromisoformat(_moment(otherwise)))
