"""The one clock: the moment that it is, and the day that a moment belongs to in Shenzhen.

Every default of a day (today, as-of) and every schedule asks here, whatever zone the machine lives in; logs go on in
UTC. Ends at moments and days: what is due on a day is `period` and `ingest.feed`.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TIME_ZONE = "Asia/Shanghai"
ZONE = ZoneInfo(TIME_ZONE)


def now() -> dt.datetime:
    """This moment, with the zone of Shenzhen."""
    return dt.datetime.now(ZONE)


def day_of(moment: dt.datetime) -> dt.date:
    """The day on which a moment falls in Shenzhen; one without a zone is Shenzhen's own."""
    return in_zone(moment).date()


def in_zone(moment: dt.datetime) -> dt.datetime:
    """The moment as the clock in Shenzhen shows it; one without a zone is Shenzhen's own."""
    return moment.astimezone(ZONE) if moment.tzinfo else moment.replace(tzinfo=ZONE)


def today() -> dt.date:
    return day_of(now())


def is_zone(name: str) -> bool:
    """Whether this machine knows a time zone of that name."""
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def utc_text(moment: dt.datetime) -> str:
    """As logs and manifests write a moment: UTC, ISO 8601, whole seconds."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
