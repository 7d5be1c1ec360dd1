"""Channels: where departments' files are pulled from; one module per channel.

Here: what every channel offers, and a file as a channel shows it. Not here: storing (`receive.py`), reading, judging.
Ends at files seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from typing import Protocol

from ingest.feed import Feed

Identity = tuple[str, str, int, str]
"""Channel, name, size, modified time: the same delivery seen again is nothing."""


UNOPENED = "文件打不开：没有读取权限，或者不是普通文件（如链接）；请放入文件本身，并给予读取权限。"
"""The problem of what cannot be opened; it is tried again at every run."""


@dataclass(frozen=True)
class ChannelFile:
    """A file on a channel. `modified_at` is UTC in ISO 8601; `name` is the path on the channel, always legible text;
    `open` raises `OSError` where there is nothing to be read.

    `answers`: the submission that a sheet of confirmation answers; such a file is no submission.
    `unit`, `dataset` and `period` are null and `problem` (one Chinese sentence) is given where no feed fits.
    """

    channel: str
    department: str
    name: str
    size: int
    modified_at: str
    open: Callable[[], bytes]
    unit: str | None = None
    dataset: str | None = None
    period: str | None = None
    problem: str | None = None
    answers: str | None = None

    @property
    def seen_as(self) -> Identity:
        return self.channel, self.name, self.size, self.modified_at


class Channel(Protocol):
    """One way of delivery. A channel that cannot be reached raises `OSError`."""

    def pull(self, feed: Feed, seen: Set[Identity]) -> Iterator[ChannelFile]:
        """The files of a feed that were not seen, of all its units; a feed may deliver several at once."""
        ...

    def unrecognised_files(self, seen: Set[Identity]) -> Iterator[ChannelFile]:
        """The files that were not seen and that no feed claims, wherever they lie."""
        ...

    def unseen(self, seen: Set[Identity]) -> Iterator[ChannelFile]:
        """Everything on the channel that was not seen, whosever it is; nothing is opened."""
        ...
