"""Channels: the ways in which departments' files are delivered or fetched; one module per channel.

Here: what every channel offers, and a file as a channel shows it. A channel lists and streams; which feed a file is
(`placing.py`), storing (`receive.py`), reading and judging are not its. A module that is there is live: it holds
`Settings` and `Place`, what `connections.yaml` says of a connection and of a feed on it, and `connect`. Ends at files
seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from ingest.limits import MB, limits

Identity = tuple[str, str, int, str]
"""Connection, name, size, modified time: the same delivery seen again is nothing."""

Seen = Mapping[Identity, str]
"""What was received and needs no second look, with the `change` that it had: the same identity with another is new."""

Bookmark = Mapping[str, str]
"""Where a channel's last whole look ended, in its own words; empty at first and whenever it is lost."""

UNOPENED = "文件打不开：没有读取权限，或者不是普通文件（如链接）；请放入文件本身，并给予读取权限。"
"""The problem of what cannot be opened; it is tried again at every run."""

CLOSED = "文件夹打不开，其中的文件都没有读取；请给予读取权限。"
"""The problem of a folder that cannot be listed; it stands in the place of its files."""


UNDATED = "1970-01-01T00:00:00+00:00"
"""The modified time of what has none: rows of a table that bear no time."""


class Changed(OSError):
    """What was read is not what was listed: the file is still being written, and a later look takes it."""


class Unreachable(OSError):
    """A connection, or one feed's place on it, gave no whole list.

    `reason`: one English sentence for engineers, without secrets, rows or names of files. `is_passing`: another try
    may help soon; a refused login or another host key is not.
    """

    def __init__(self, reason: str, *, is_passing: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_passing = is_passing


@dataclass(frozen=True)
class Found:
    """A file on a channel. `channel` is its connection's name; `modified_at` is the sender's word, UTC in ISO 8601;
    `name` is always legible text: department, then the path below the feed's place. `open` gives its bytes as a
    stream, raises `OSError` where there is nothing to be read and, at its end, `Changed`.

    `change` is another text whenever the file was touched, whatever size and modified time say; `is_versioned`: that
    is certain, so that what is unchanged need never be read again. `sha256_beside` is what the sender says the bytes
    hash to, empty where that cannot be read; a remote channel gives `checksum` in its place, which reads it when the
    bytes are brought and raises as `open` does, so that a look costs no request for each. `is_quiet`: nothing changed
    for a while, so that a file that is not as its sender says will not become so by waiting. `is_sized`: `size` counts
    bytes; of what is put together while it is read, nobody knows them before, and it is another measure, as the number
    of records. `arrived_at` is given where it is known better than by the run's clock when the file came.
    `unit`, `dataset` and `period` are what the channel knows, and where the file belongs once it is placed; `answers`:
    the submission that a sheet of confirmation answers; such a file is no submission. `problem` (one Chinese sentence)
    is given where no feed fits; a file that must not be opened has a `problem` and may have both.
    """

    channel: str
    department: str
    name: str
    size: int
    modified_at: str
    open: Callable[[], AbstractContextManager[BinaryIO]]
    change: str = ""
    is_versioned: bool = False
    sha256_beside: str | None = None
    checksum: Callable[[], str] | None = None
    is_quiet: bool = True
    is_sized: bool = True
    arrived_at: str | None = None
    unit: str | None = None
    dataset: str | None = None
    period: str | None = None
    problem: str | None = None
    answers: str | None = None

    @property
    def seen_as(self) -> Identity:
        return self.channel, self.name, self.size, self.modified_at

    @property
    def most_bytes(self) -> int:
        """Where it has more, it is not what was listed, or larger than any file may be."""
        return self.size if self.is_sized else limits().file_mb * MB

    def is_new(self, seen: Seen) -> bool:
        return seen.get(self.seen_as) != self.change


@dataclass(frozen=True)
class Source:
    """What one look lists at once: a place on a connection, and the datasets of a department that it serves. A drop
    folder serves all departments, and `department` is empty. `place` is the channel module's `Place`."""

    connection: str
    channel: str
    department: str
    datasets: tuple[str, ...]
    place: object

    @property
    def name(self) -> str:
        """As ledgers and people name it."""
        served = self.datasets[0] if len(self.datasets) == 1 else "*"
        return f"{self.connection}/{self.department}/{served}" if self.department else self.connection


@dataclass(frozen=True)
class Ground:
    """What a channel is told of the house and the look. `inbox`: the drop folder where no other is named; `work`: for
    what a channel must write before it can show it; `waits`: somebody stands by, so that what came a moment ago is
    waited for as long as it must be quiet."""

    inbox: Path
    work: Path
    quiet_seconds: int
    waits: bool = False


class Channel(Protocol):
    """One connection of a run; its methods are called from several threads at once, for different sources.
    `is_remote`: bytes come over a network, so that they are brought here once and before anything else. `keeps_order`:
    of a unit's submissions for one period it shows first what came first."""

    is_remote: bool
    keeps_order: bool

    def files(self, source: Source, bookmark: Bookmark) -> Iterator[Found]:
        """Everything whole that lies at a source, in any order; what a bookmark lets the other side leave out as
        unchanged may be missing. `Unreachable` where the list is not whole: what was shown until then counts where that
        may stay so for long, or nothing older can be missing."""
        ...

    def bookmark(self, source: Source) -> Bookmark:
        """Where the last whole list ended; empty where the channel keeps none."""
        ...

    def taken(self, source: Source, file: Found) -> None:
        """The file lies safe in the house: a channel that tidies up does it now. Raises `Unreachable`."""
        ...

    def test(self, source: Source) -> str:
        """What can be seen at a source, in one line; raises `Unreachable`."""
        ...

    def close(self) -> None: ...
