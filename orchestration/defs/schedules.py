"""When jobs start by the calendar: on the day after the feeds' due days, and the audit once a month."""

from typing import Any

import dagster as dg

from ingest import feed as feeds
from orchestration.defs import jobs
from orchestration.defs.cadence import TIME_ZONE, cron_after_due
from warehouse.vocabulary.period import Cadence


def _after_due(name: str, job: Any, cadence: Cadence, hour: int) -> dg.ScheduleDefinition:
    """On the day after each due day that some feed of the cadence has."""
    crons = sorted({cron_after_due(feed, hour) for feed in feeds.feeds() if feed.cadence == cadence})
    return dg.ScheduleDefinition(name=name, job=job, cron_schedule=crons, execution_timezone=TIME_ZONE)


monthly = _after_due("monthly", jobs.collect, "monthly", hour=6)
half_yearly = _after_due("half_yearly", jobs.collect_half_yearly, "half-yearly", hour=7)
yearly = _after_due("yearly", jobs.collect_yearly, "yearly", hour=7)
audit_monthly = dg.ScheduleDefinition(
    name="audit_monthly", job=jobs.audit, cron_schedule="0 3 20 * *", execution_timezone=TIME_ZONE
)
