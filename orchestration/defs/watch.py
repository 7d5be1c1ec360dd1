"""Who looks at the house when nobody does: a sensor that tells how runs ended, and the daily reminders.

What is looked at, raised and sent is `orchestration.pipeline.alerts`; `skills run` looks by itself as it ends.
"""

import json
from collections.abc import Sequence

import dagster as dg

from orchestration.defs import ended_runs
from orchestration.pipeline import run_log, run_metrics, run_outcomes
from orchestration.pipeline.alerts import watch as alerts
from orchestration.pipeline.alerts.watch import Look
from orchestration.pipeline.run_outcomes import Ended
from warehouse.store.data_root import Root
from warehouse.store.settings import settings
from warehouse.vocabulary import clock

_PATIENCE_SECONDS = 60.0
"""For a look that is under way."""


@dg.sensor(
    name="watch",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Counts the runs that ended, raises and ends alerts, tells receivers what they do not know yet, and "
    "writes the metrics. Starts no run.",
)
def look(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    root = Root.default().make()
    ended, seen = ended_runs.since(context.instance, root, ended_runs.Seen.of(context.cursor))
    _tell(root, ended)
    told = alerts.look(root, clock.now(), begins_reminders=False)
    run_metrics.write(root)
    return dg.SensorResult(skip_reason=_said(ended, told), cursor=json.dumps(seen.facts))


def _tell(root: Root, ended: Sequence[Ended]) -> None:
    run_outcomes.add(root, ended)
    for run in ended:
        level: run_log.Level = "error" if run.outcome == "failure" else "info"
        facts = {"job": run.job, "run_id": run.run_id, "outcome": run.outcome, "reason": run.reason or None}
        run_log.tell(root, "run_ended", level, **facts)


def _said(ended: Sequence[Ended], told: Look | None) -> str:
    runs = f"{len(ended)} runs ended"
    if told is None:
        return f"{runs}; another process looks, or the look failed: see the log of runs"
    count = sum(map(len, told.standing.values()))
    failed = told.told.failed | told.reminded.failed
    unreached = f"; not reached: {', '.join(sorted(failed))}" if failed else ""
    return f"{runs}; {count} alerts open, {told.raised} new, {told.ended} over{unreached}"


@dg.op
def remind_departments() -> None:
    """From now on departments are reminded on this day; who cannot be reached is tried again by the sensor `watch`."""
    alerts.look(Root.default().make(), clock.now(), begins_reminders=True, wait_seconds=_PATIENCE_SECONDS)


@dg.job(description="What falls due and what is overdue, to departments by mail: one digest for each and day.")
def remind() -> None:
    remind_departments()


reminders = dg.ScheduleDefinition(
    name="reminders",
    job=remind,
    cron_schedule=settings().schedules.reminders,
    execution_timezone=settings().time_zone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
