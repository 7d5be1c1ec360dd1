"""How the last look at each remote source ended, in `work/reach.json`: whether it is time to look again, and where on
the other side the next look begins.

A source that fails again and again rests for longer and longer, so that it costs nobody time; a person's run tries it
all the same. Derived: without the file all sources are listed whole. What people are told is the ledger
(`store.pull_log`). Ends at whether to look.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from warehouse.store.data_root import Root
from warehouse.store.register import dump_json
from warehouse.vocabulary import clock

EVERY = dt.timedelta(minutes=10)
"""How often a source is looked at while nobody asks: a department's server answers 144 times a day."""
_FAILURES = 3
"""In a row, after which it rests."""
_FIRST_REST, _LONGEST_REST = dt.timedelta(minutes=10), dt.timedelta(hours=2)


@dataclass(frozen=True)
class LastLook:
    """`looked_at`: UTC, ISO 8601; `failures` in a row up to it; `bookmark`: the channel's, of the last whole look of
    which everything was taken."""

    looked_at: str
    failures: int = 0
    bookmark: Mapping[str, str] = field(default_factory=dict)

    def is_resting(self, now: dt.datetime) -> bool:
        if self.failures < _FAILURES:
            return False
        times: int = 2 ** min(self.failures - _FAILURES, 10)
        return self._age(now) < min(_FIRST_REST * times, _LONGEST_REST)

    def is_due(self, now: dt.datetime) -> bool:
        return self._age(now) >= EVERY and not self.is_resting(now)

    def _age(self, now: dt.datetime) -> dt.timedelta:
        return abs(now - dt.datetime.fromisoformat(self.looked_at))

    def then(self, now: dt.datetime, *, reached: bool, bookmark: Mapping[str, str] | None) -> LastLook:
        """After another look; without a bookmark the one before stands."""
        failures = 0 if reached else self.failures + 1
        return LastLook(clock.utc_text(now), failures, self.bookmark if bookmark is None else dict(bookmark))


NEVER = LastLook("1970-01-01T00:00:00+00:00")


def read(root: Root) -> dict[str, LastLook]:
    """By source; a damaged file tells of none."""
    try:
        return {name: LastLook(**told) for name, told in json.loads(root.reach.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write(root: Root, looks: Mapping[str, LastLook]) -> None:
    dump_json(root.reach, {name: dataclasses.asdict(look) for name, look in looks.items()})
