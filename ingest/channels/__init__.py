"""Channels: where departments' files are pulled from; one module per channel.

Here: what every channel offers, and a file as a channel shows it. Not here: storing (`receive.py`), reading, judging.
Ends at files seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from ingest.feed import Feed

Identity = tuple[str, str, int, str]
"""Channel, name, size, modified time: the same delivery seen again is nothing."""

Seen = Mapping[Identity, str]
"""What was received and needs no second look, with the `change` that it had: the same identity with another is new."""

UNOPENED = "文件打不开：没有读取权限，或者不是普通文件（如链接）；请放入文件本身，并给予读取权限。"
"""The problem of what cannot be opened; it is tried again at every run."""


class Changed(OSError):
    """What was read is not what was listed: the file is still being written, and a later look takes it."""


@dataclass(frozen=True)
class ChannelFile:
    """A file on a channel. `modified_at` is the sender's word, UTC in ISO 8601; `name` is the path on the channel,
    always legible text; `open` gives its bytes, raises `OSError` where there is nothing to be read and, at its end,
    `Changed`.

    `change` is another text whenever the file was touched, whatever size and modified time say. `sha256_beside` is
    what the sender says the bytes hash to. `is_quiet`: nothing changed for a while, so that a file that is not as
    its sender says will not become so by waiting. `arrived_at` is given by a channel that knows better than the run's
    clock when the file came.
    `answers`: the submission that a sheet of confirmation answers; such a file is no submission.
    `unit`, `dataset` and `period` are null and `problem` (one Chinese sentence) is given where no feed fits; a file
    that must not be opened has a `problem` and may have both.
    """

    channel: str
    department: str
    name: str
    size: int
    modified_at: str
    open: Callable[[], AbstractContextManager[BinaryIO]]
    change: str = ""
    sha256_beside: str | None = None
    is_quiet: bool = True
    arrived_at: str | None = None
    unit: str | None = None
    dataset: str | None = None
    period: str | None = None
    problem: str | None = None
    answers: str | None = None

    @property
    def seen_as(self) -> Identity:
        return self.channel, self.name, self.size, self.modified_at

    def is_new(self, seen: Seen) -> bool:
        return seen.get(self.seen_as) != self.change


class Channel(Protocol):
    """One way of delivery; shows whole files only. A channel that cannot be reached raises `OSError`."""

    def pull(self, feed: Feed, seen: Seen) -> Iterator[ChannelFile]:
        """The files of a feed that were not seen, of all its units; a feed may deliver several at once."""
        ...

    def unrecognised_files(self, seen: Seen) -> Iterator[ChannelFile]:
        """The files that were not seen and that no feed claims, wherever they lie."""
        ...

    def unseen(self, seen: Seen) -> Iterator[ChannelFile]:
        """Everything on the channel that was not seen, whosever it is; nothing is opened."""
        ...
