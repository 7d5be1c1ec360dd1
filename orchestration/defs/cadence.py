"""When a feed is due, as cron expressions and freshness policies: said once for schedules and assets.

The days are those of `ingest.collection`; what is judged late is `rpt_submission_grid`, and these only wake people and
runs.
"""

import datetime as dt
import functools

import dagster as dg

from ingest.collection import collection_days
from ingest.feed import Feed
from warehouse.vocabulary.clock import TIME_ZONE
from warehouse.vocabulary.period import Cadence

_MONTHS_OF_A_YEAR = 12
_DAYS: dict[Cadence, int] = {"monthly": 27, "quarterly": 88, "half-yearly": 180, "yearly": 364}
"""Shorter than any span between two due days of the cadence."""


def cron_after_due(feed: Feed, hour: int = 0) -> str:
    """Cron expression of the days on which the feed is collected, at the given hour."""
    days = collection_days(feed)
    wanted = "*" if len(days.months) == _MONTHS_OF_A_YEAR else ",".join(map(str, days.months))
    return f"0 {hour} {days.day} {wanted} *"


def is_cron(expression: str) -> bool:
    """Whether Dagster takes an expression for a schedule."""
    try:
        dg.ScheduleDefinition(name="any", job_name="any", cron_schedule=expression)
    except dg.DagsterInvalidDefinitionError:
        return False
    return True


def freshness(feed: Feed) -> dg.FreshnessPolicy | None:
    """Stale when nothing arrived between two due days; what is optional is never stale."""
    if feed.is_optional:
        return None
    return _freshness(cron_after_due(feed), _DAYS[feed.cadence])


@functools.cache
def _freshness(cron: str, days: int) -> dg.FreshnessPolicy:
    """Once for all feeds of a cadence: Dagster goes through years of a cron to check it, 2 ms each."""
    return dg.FreshnessPolicy.cron(deadline_cron=cron, lower_bound_delta=dt.timedelta(days=days), timezone=TIME_ZONE)
