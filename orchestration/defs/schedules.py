"""When jobs start by the calendar: on the day after the feeds' due days, the audit once a month, pruning at night."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from ingest import feed as feeds
from orchestration.defs import jobs
from orchestration.defs.cadence import cron_after_due
from warehouse.store.settings import settings
from warehouse.vocabulary import clock
from warehouse.vocabulary.period import Cadence

_WHEN = settings().schedules


def _of_its_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """A run as of its tick's own day in Shenzhen: the machine may live in another zone, be late or catch up."""
    day = clock.day_of(context.scheduled_execution_time)
    return dg.RunRequest(run_config={"resources": {"run": {"config": {"as_of": day.isoformat()}}}})


def _schedule(name: str, job: Any, crons: str | Sequence[str]) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=crons,
        execution_timezone=settings().time_zone,
        execution_fn=_of_its_day,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def _after_due(name: str, job: Any, cadence: Cadence, hour: int) -> dg.ScheduleDefinition:
    """On the day after each due day that some feed of the cadence has."""
    return _schedule(
        name, job, sorted({cron_after_due(feed, hour) for feed in feeds.feeds() if feed.cadence == cadence})
    )


monthly = _after_due("monthly", jobs.collect, "monthly", hour=_WHEN.monthly_hour)
half_yearly = _after_due("half_yearly", jobs.collect_half_yearly, "half-yearly", hour=_WHEN.half_yearly_hour)
yearly = _after_due("yearly", jobs.collect_yearly, "yearly", hour=_WHEN.yearly_hour)
audit_monthly = _schedule("audit_monthly", jobs.audit, _WHEN.audit)
prune_daily = dg.ScheduleDefinition(
    name="prune_daily",
    job=jobs.prune,
    cron_schedule=_WHEN.prune,
    execution_timezone=settings().time_zone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
