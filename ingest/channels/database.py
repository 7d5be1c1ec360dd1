"""Tables of a department's database (库表交换): each unit and period, and batch, is one canonical file.

One look is one read-only snapshot: it tells which groups changed, and their rows are written at once, while it stands,
into one nameless file of `work/`. So listing and content are of the same moment, a file's size is known as a channel
must tell it, no transaction waits on the department's server until a file is placed, and nothing is left behind when
the process is killed. What is unchanged costs the one query that says so. How a session is made is `database_session`,
what is asked `database_groups`, the file's form `database_rows`. Ends at `Found`.
"""

from __future__ import annotations

import functools
import io
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ingest.channels import Bookmark, Found, Ground, Source, Unreachable, database_faults, database_rows
from ingest.channels.database_groups import Group, Place, groups, layout, rows_of
from ingest.channels.database_rows import Window, Written
from ingest.channels.database_session import SILENCE_SECONDS, Settings, Snapshot, engine, snapshot
from ingest.channels.whole_files import refuse
from ingest.feed import Feed, find
from ingest.limits import limits

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["Place", "Settings", "connect"]

_CONNECTIONS = 4
"""At one time; a department's server has others to serve."""
_ROWS_AT_ONCE = 1_000


def connect(name: str, settings: Settings, ground: Ground) -> Database:
    return Database(name, settings, ground)


class Database:
    """One look at a department's database."""

    is_remote = True
    keeps_order = True

    def __init__(self, name: str, settings: Settings, ground: Ground) -> None:
        self._name = name
        self._settings = settings
        self._ground = ground
        self.silence_seconds: float = settings.statement_seconds + SILENCE_SECONDS
        self._free = threading.BoundedSemaphore(_CONNECTIONS)
        self._bookmarks: dict[Source, dict[str, str]] = {}
        self._written: dict[tuple[Source, str, str], Found] = {}
        self._spools: dict[Source, BinaryIO] = {}

    @functools.cached_property
    def _engine(self) -> Engine:
        return engine(self._settings)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Waits while too many are read. Raises `Unreachable`."""
        with self._free, snapshot(self._engine, self._settings, self.silence_seconds) as seen:
            yield seen

    def files(self, source: Source, bookmark: Bookmark) -> Iterator[Found]:
        """Every group but those whose version is the bookmark's. After a cut those that were written are not asked for
        again, unless they changed."""
        feed, place = _feed(source), cast(Place, source.place)
        with self.snapshot() as seen:
            with database_faults.of_query():
                told = groups(seen.connection, place, feed)
            seen.heard()
            for group in told:
                name = group.name(feed)
                if not group.version or bookmark.get(name) != group.version:
                    yield self._file(source, group, seen)
        self._bookmarks[source] = {group.name(feed): group.version for group in told if group.version}

    def bookmark(self, source: Source) -> Bookmark:
        return self._bookmarks.get(source, {})

    def taken(self, source: Source, file: Found) -> None:
        """Rows stay: whose they are takes them away."""

    def test(self, source: Source) -> str:
        feed, place = _feed(source), cast(Place, source.place)
        with self.snapshot() as seen, database_faults.of_query():
            told = groups(seen.connection, place, feed)
        periods = sorted({str(group.period) for group in told if group.period})
        span = f", {periods[0]} to {periods[-1]}" if periods else ""
        unknown = sum(group.rows for group in told if group.period is None)
        lost = f"; {unknown:,} rows without a period that can be read" if unknown else ""
        return f"{sum(group.rows for group in told):,} rows in {len(told):,} files{span}{lost}"

    def close(self) -> None:
        for spool in self._spools.values():
            spool.close()
        self._spools.clear()

    def _file(self, source: Source, group: Group, seen: Snapshot) -> Found:
        feed = _feed(source)
        key = source, group.name(feed), group.version
        if group.version and key in self._written:
            return self._written[key]
        written = self._write(source, group, seen)
        size = limits().oversize(written.size)
        unknown = (
            None if group.period else f"有 {group.rows:,} 行的报告期为空或看不懂，没有采用；请在库表中改正报告期。"
        )
        spool = self._spools[source]
        file = Found(
            channel=self._name,
            department=feed.department,
            name=group.name(feed),
            size=written.size,
            modified_at=group.modified_at,
            open=refuse if size else functools.partial(_opened, spool, written),
            change=group.version or written.sha256 or str(written.size),
            is_versioned=True,
            unit=group.unit,
            dataset=feed.dataset,
            period=str(group.period) if group.period else None,
            problem=size or unknown,
        )
        self._written[key] = file
        return file

    def _write(self, source: Source, group: Group, seen: Snapshot) -> Written:
        if source not in self._spools:
            self._ground.work.mkdir(parents=True, exist_ok=True)
            self._spools[source] = tempfile.TemporaryFile(dir=self._ground.work)  # noqa: SIM115, closed with the look
        asked = rows_of(cast(Place, source.place), group).execution_options(
            stream_results=True, yield_per=_ROWS_AT_ONCE
        )
        with database_faults.of_query(), seen.connection.execute(asked) as result:
            columns = layout(cast(Place, source.place), list(result.keys()))
            rows = _Rows(result, columns.sent, seen)
            return database_rows.write(
                self._spools[source], self._ground.work, columns.headers, columns.keys, iter(rows)
            )


@dataclass(frozen=True)
class _Rows:
    """Of a statement's rows the cells that are sent, a thousand rows in memory at a time."""

    result: Any
    sent: Sequence[int]
    snapshot: Snapshot

    def __iter__(self) -> Iterator[Sequence[object]]:
        for rows in self.result.partitions():
            self.snapshot.heard()
            for row in rows:
                yield [row[number] for number in self.sent]


def _feed(source: Source) -> Feed:
    if len(source.datasets) != 1:
        raise Unreachable("a table holds one dataset: name the feed as DEPARTMENT/dataset", is_passing=False)
    return find(source.department, source.datasets[0])


def _opened(spool: BinaryIO, written: Written) -> AbstractContextManager[BinaryIO]:
    return io.BufferedReader(Window(spool, written))
