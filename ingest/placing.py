"""Where a file of a channel belongs, found in a worker where its name does not say enough: its bytes never come into
this process.

What names and contents mean is `recognise`. Ends at its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO

from ingest.channels import Changed
from ingest.feed import Feed
from ingest.limits import MB, limits
from ingest.pool import Pool
from ingest.read import FAILURES
from ingest.readers import Opened, Unreadable, open_file
from ingest.recognise import Recognised, recognise

_NOTHING = Opened("", None, ())
_OUT_OF_MEMORY = Unreadable("too_large", "读取这个文件需要的内存超出限制，请分成几个文件。")


@dataclass(frozen=True)
class Placing:
    """`recognise` with a look into the file, in a worker: `open` gives its bytes and can be pickled. What cannot be
    opened has no sheets."""

    department: str
    district: str | None
    name: str
    feeds: Mapping[str, Feed]
    open: Callable[[], AbstractContextManager[BinaryIO]]
    misfiled: str | None = None

    def work(self) -> Recognised | str:
        return self.by(self._look)

    def by(self, look: Callable[[], Opened | Unreadable]) -> Recognised | str:
        return recognise(self.department, self.district, self.name, self.feeds, look, self.misfiled)

    def _look(self) -> Opened | Unreadable:
        try:
            with self.open() as stream:
                return open_file(stream.read(limits().file_mb * MB + 1))
        except Unreadable as reason:
            return reason
        except MemoryError:
            return _OUT_OF_MEMORY
        except OSError:
            return _NOTHING


def place(placing: Placing, pool: Pool | None = None) -> Recognised | str:
    """By the name where it says enough, else by the content, which never comes into this process; raises what `open`
    does where the name alone is not enough for what cannot be opened."""
    try:
        return placing.by(_unread)
    except _UnreadError:
        try:
            with placing.open(), nullcontext(pool) if pool else Pool(workers=1) as workers:
                result = next(result for _, result in workers.run([placing]))
        except Changed:
            raise
        except OSError:
            named = placing.by(lambda: _NOTHING)
            if isinstance(named, str):
                raise
            return named
    if isinstance(result, str):
        reason = Unreadable(*FAILURES[result])
        return placing.by(lambda: reason)
    return result.value


class _UnreadError(Exception):
    """The name does not say enough."""


def _unread() -> Opened:
    raise _UnreadError
