"""A demo's files come when they would have come: the channel of a marked root, lived through day by day.

Which files and moments is `warehouse.store.demo_mark`. A file that the demo did not write, or that was changed since,
comes when it truly does. Ends at `ChannelFile`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping

from ingest.channels import Channel, ChannelFile, Seen
from ingest.feed import Feed
from warehouse.vocabulary import clock


class DemoYear:
    """Another channel as it stood at the end of the day `as_of`. `arrivals`: name → when the file would have come,
    which the demo also set as its modified time."""

    def __init__(self, channel: Channel, arrivals: Mapping[str, dt.datetime], as_of: dt.date) -> None:
        self._channel = channel
        self._arrivals = arrivals
        self._as_of = as_of

    def pull(self, feed: Feed, seen: Seen) -> Iterator[ChannelFile]:
        return self._come(self._channel.pull(feed, seen))

    def unrecognised_files(self, seen: Seen) -> Iterator[ChannelFile]:
        return self._come(self._channel.unrecognised_files(seen))

    def unseen(self, seen: Seen) -> Iterator[ChannelFile]:
        return self._come(self._channel.unseen(seen))

    def _come(self, files: Iterator[ChannelFile]) -> Iterator[ChannelFile]:
        for file in files:
            arrival = self._arrivals.get(file.name)
            if arrival is None or arrival != dt.datetime.fromisoformat(file.modified_at):
                yield file
            elif clock.day_of(arrival) <= self._as_of:
                yield dataclasses.replace(file, arrived_at=clock.utc_text(arrival))
