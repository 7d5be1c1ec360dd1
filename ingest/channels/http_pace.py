"""How fast one server is asked, and for how long not at all once it said so.

Ends at the moment for the next request.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from email.utils import parsedate_to_datetime

from ingest.channels import Unreachable
from warehouse.vocabulary import clock

PATIENCE_SECONDS = 30
"""Longer than this nobody of the run waits; a later look asks again."""
_UNTOLD_SECONDS = 1.0
"""Where a server that is asked too often does not say for how long."""


class Pace:
    """Of one connection, for all its threads."""

    def __init__(self, requests_per_second: float) -> None:
        self._between = 1 / requests_per_second
        self._next = 0.0
        self._rests_until = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Until the next request may go; `Unreachable` where that is too long."""
        with self._lock:
            now = time.monotonic()
            rest = self._rests_until - now
            if rest > PATIENCE_SECONDS:
                raise Unreachable(f"the server asks to be left alone for {rest:,.0f} s")
            turn = max(now, self._next, self._rests_until)
            self._next = turn + self._between
        time.sleep(turn - now)

    def rest(self, retry_after: str | None) -> None:
        """After an answer that puts off: a number of seconds, or a date."""
        with self._lock:
            self._rests_until = max(self._rests_until, time.monotonic() + _seconds(retry_after))


def _seconds(retry_after: str | None) -> float:
    if retry_after is None:
        return _UNTOLD_SECONDS
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return _UNTOLD_SECONDS
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(0.0, (aware - clock.now()).total_seconds())
