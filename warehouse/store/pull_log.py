"""The ledger of looks into channels, `received/pulls.jsonl`: whether each source was reached, and what came of it.

A line for a source and a look on which something came or its state changed, and for the first look of each day: with a
look a minute all of them would be 30 million lines a year. So that unreachable, nothing new and nothing owed are three
things. Nothing is decided by it. Ends at looks and at the state of feeds.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from warehouse.store import log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock

State = Literal["reached", "unreachable"]
Feed = tuple[str, str]
"""Department and dataset."""


@dataclass(frozen=True)
class Pull:
    """One look at a source. `at`: UTC, ISO 8601; `feeds`: those that come from it, as `DEPARTMENT/dataset`; a drop
    folder takes all others' files as well. `new` and `refused`: of a feed, how many deliveries came and how many of
    them no feed took. `reason`: an English sentence, where it was not reached; `is_passing`: which another try may
    mend."""

    source: str
    at: str
    channel: str
    state: State
    feeds: tuple[str, ...] = ()
    new: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    is_passing: bool = True

    @property
    def came(self) -> bool:
        return bool(self.new or self.refused)


@dataclass(frozen=True)
class Unreachable:
    """A source that was not reached at its last look; `since`: the first look in a row at which it was not."""

    source: str
    channel: str
    feeds: tuple[str, ...]
    since: dt.datetime
    reason: str


def record(root: Root, pulls: Iterable[Pull], now: dt.datetime | None = None) -> list[Pull]:
    """Adds what is worth a line, and gives that; the caller holds the lock of deciding. `now`: when it is written,
    where looks are told as of another moment, as a demo's are."""
    last = newest(root)
    worth = [pull for pull in pulls if pull.came or _tells_more(pull, last.get(pull.source))]
    log.append(root.pulls, (_entry(pull, clock.utc_text(now) if now else pull.at) for pull in worth))
    return worth


def _tells_more(pull: Pull, last: Pull | None) -> bool:
    if last is None or pull.state != last.state:
        return True
    return _day(pull) != _day(last)


def _day(pull: Pull) -> dt.date:
    return clock.day_of(dt.datetime.fromisoformat(pull.at))


def _entry(pull: Pull, written_at: str) -> log.Entry:
    facts = dataclasses.asdict(pull)
    return log.Entry(written_at, log.PROGRAM, "look", facts.pop("source"), facts)


def pulls(root: Root) -> list[Pull]:
    """All lines, oldest first."""
    return [
        Pull(entry.subject, **{**entry.facts, "feeds": tuple(entry.facts["feeds"])}) for entry in log.read(root.pulls)
    ]


def newest(root: Root) -> dict[str, Pull]:
    """The last line of each source."""
    return {pull.source: pull for pull in pulls(root)}


def unreachable(root: Root) -> list[Unreachable]:
    """The sources that were not reached when they were last looked at, those longest away first."""
    away: dict[str, Unreachable] = {}
    for pull in pulls(root):
        if pull.state == "reached":
            away.pop(pull.source, None)
        else:
            moment = dt.datetime.fromisoformat(pull.at)
            since = away[pull.source].since if pull.source in away else moment
            away[pull.source] = Unreachable(pull.source, pull.channel, pull.feeds, since, pull.reason)
    return sorted(away.values(), key=lambda source: (source.since, source.source))
