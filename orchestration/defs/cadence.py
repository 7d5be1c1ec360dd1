"""When a feed is due, as cron expressions and freshness policies: said once for schedules and assets.

Due days that fall on a holiday move to the next workday; cron knows no holidays, so what is judged late is
`rpt_submission_grid`, and these only wake people and runs on the day after the nominal due day.
"""

import datetime as dt
import functools

import dagster as dg

from ingest.feed import Feed
from warehouse.vocabulary.clock import TIME_ZONE
from warehouse.vocabulary.period import Cadence

_MONTHS_APART: dict[Cadence, int] = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}
_DAYS: dict[Cadence, int] = {"monthly": 27, "quarterly": 88, "half-yearly": 180, "yearly": 364}
"""Shorter than any span between two due days of the cadence."""


def cron_after_due(feed: Feed, hour: int = 0) -> str:
    """Cron expression of the day after the feed's nominal due day, at the given hour.

    A due day of 31 or 30 is a month's last, so that the day after is the first of the next month.
    """
    ends_month = feed.day >= 30
    step = _MONTHS_APART[feed.cadence]
    shift = feed.months_after + ends_month
    months = sorted({(last + shift - 1) % 12 + 1 for last in range(step, 13, step)})
    wanted = "*" if step == 1 else ",".join(map(str, months))
    return f"0 {hour} {1 if ends_month else feed.day + 1} {wanted} *"


def freshness(feed: Feed) -> dg.FreshnessPolicy:
    """Stale when nothing arrived between two due days."""
    return _freshness(cron_after_due(feed), _DAYS[feed.cadence])


@functools.cache
def _freshness(cron: str, days: int) -> dg.FreshnessPolicy:
    """Once for all feeds of a cadence: Dagster goes through years of a cron to check it, 2 ms each."""
    return dg.FreshnessPolicy.cron(deadline_cron=cron, lower_bound_delta=dt.timedelta(days=days), timezone=TIME_ZONE)
