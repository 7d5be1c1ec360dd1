"""One run's look at everything that departments delivered or let be fetched, over all channels.

Sources are listed side by side, each with tries of its own, so that one that cannot be reached costs the others
nothing; each new file is placed once, and remote ones are brought here side by side. How a channel lists is its own
module's; storing is `receive`. Ends at files with their place, and at what became of each source.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import stamina

from ingest import fetched, reach
from ingest.channels import Bookmark, Changed, Channel, Found, Ground, Identity, Seen, Source, Unreachable
from ingest.connections import Connections
from ingest.feed import Feed
from ingest.limits import limits
from ingest.placing import Places
from ingest.reach import LastLook
from warehouse.store import demo_mark, pull_log
from warehouse.store.data_root import Root
from warehouse.store.pull_log import Pull
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

_T = TypeVar("_T")
_R = TypeVar("_R")
Came = Counter[tuple[str, str, str]]
"""How many deliveries came by connection, department and dataset, which is empty where no feed took them."""
_SOURCES_AT_ONCE, _FILES_AT_ONCE = 12, 4
"""Files of each source: what one department's server is asked for at once."""
stamina.instrumentation.set_on_retry_hooks([])  # it would print each; the ledger tells how a look ended
_TRIES, _TRIES_SECONDS = 3, 15


@dataclass
class _Listed:
    """What a look at a source showed. `cut`: why the list, or a file of it, is not whole; `left`: what must be stored
    before the next look may begin where this one ended."""

    files: list[Found] = field(default_factory=list)
    cut: Unreachable | None = None
    left: set[Identity] = field(default_factory=set)


@dataclass(frozen=True)
class Times:
    """`now` (aware) is the look's moment; `as_of` ends what a demo shows, and nothing else; `is_attended`: somebody
    waits for it, so that nothing rests and what came a moment ago is waited for."""

    now: dt.datetime
    as_of: dt.date
    is_attended: bool = False


class Look:
    """Each source is listed once, at the first call that asks for it; each new file is placed once.

    `places` knows all feeds: a file is one feed's because it is no other's. Not for several threads.
    """

    def __init__(self, root: Root, connections: Connections, places: Places, ground: Ground, times: Times) -> None:
        self._root = root
        self._connections = connections
        self._places = places
        self._ground = ground
        self._times = times
        self._arrivals = demo_mark.arrivals(root)
        self._channels: dict[str, Channel] = {}
        self._lock = threading.Lock()
        self._listed: dict[Source, _Listed] = {}
        self._placed: dict[Identity, Found] = {}
        self._stored: set[Identity] = set()
        self.notes: list[str] = []

    def pull(self, feeds: Iterable[Feed], seen: Seen, periods: Collection[str] = ()) -> Iterator[Found]:
        """The new files of feeds, of all their units, by folder, name or content; where periods are given, those
        alone. Their bytes are here."""
        asked = list(feeds)
        served = {(feed.department, feed.dataset) for feed in asked}
        departments = {department for department, _ in served}

        def is_wanted(file: Found) -> bool:
            return (file.department, file.dataset) in served and (not periods or file.period in periods)

        sources = self._connections.of_feeds(asked)
        self._list(sources, seen)
        new = {
            source: [file for file in self._new(source, seen) if file.department in departments] for source in sources
        }
        yield from self._taken(new, is_wanted)

    def unrecognised_files(self, seen: Seen) -> Iterator[Found]:
        """The new files that no feed claims: at a source, in an unknown folder, or in none."""
        self._list(self._connections.sources, seen)
        new = {source: self._new(source, seen) for source in self._connections.sources}
        yield from self._taken(new, lambda file: file.dataset is None)

    def unseen(self, seen: Seen) -> Iterator[Found]:
        """All new files, not yet placed, whosever they are; nothing is opened or brought. Where nobody waits, a remote
        source is looked at from time to time only."""
        sources = [
            source for source in self._connections.sources if not self._is_remote(source) or self._is_due(source)
        ]
        self._list(sources, seen)
        self._remember(sources, whole=())
        for source in sources:
            yield from self._new(source, seen)

    def turned(self) -> list[str]:
        """Of the sources listed, those that can no longer be reached or can again, since the ledger was written."""
        known = pull_log.newest(self._root)
        now = {pull.source: pull for pull in self._pulls(Came(), Came())}
        return sorted(
            f"{name} {pull.state}"
            for name, pull in now.items()
            if pull.state != (known[name].state if name in known else "reached")
        )

    def note(self, sentence: str) -> None:
        """What whoever runs it should know of what was left undone."""
        self.notes.append(sentence)

    def settle(self, stored: Collection[Found], infected: Collection[Found], new: Came, refused: Came) -> None:
        """After what came lies safe: channels tidy up, the next look begins where this one ended, and the ledger is
        written. `stored`: files whose bytes were read; `infected`: and were not kept, so that they stay where they lie;
        `new` and `refused`: deliveries, and those of them that no feed took."""
        taken = {file.seen_as for file in stored}
        for source, listed in self._listed.items():
            if self._is_remote(source):
                for file in listed.files:
                    if file.seen_as in taken:
                        self._tidy(source, file)
        self._stored |= taken | {file.seen_as for file in infected}
        whole = [
            source for source, listed in self._listed.items() if listed.cut is None and listed.left <= self._stored
        ]
        self._remember(self._listed, whole)
        pull_log.record(self._root, self._pulls(new, refused), self._times.now)
        for file in (*stored, *infected):
            self._copy(file).unlink(missing_ok=True)

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()
        shutil.rmtree(self._root.fetched, ignore_errors=True)

    def again(self, identity: Identity) -> Found | None:
        """A file that was received before, if it still lies where it came from; its bytes as the channel has them. All
        is listed, also what the last look's bookmark lets a channel leave out."""
        self._last.clear()
        connection = identity[0]
        sources = [source for source in self._connections.sources if source.connection == connection]
        self._list(sources, {})
        files = (file for source in sources for file in self._listed[source].files)
        return next((file for file in files if file.seen_as == identity), None)

    @cached_property
    def _last(self) -> dict[str, LastLook]:
        return reach.read(self._root)

    def _channel(self, source: Source) -> Channel:
        with self._lock:
            if source.connection not in self._channels:
                self._channels[source.connection] = self._connections.connect(source.connection, self._ground)
            return self._channels[source.connection]

    def _is_remote(self, source: Source) -> bool:
        return self._channel(source).is_remote

    def _is_due(self, source: Source) -> bool:
        return self._times.is_attended or self._before(source).is_due(self._times.now)

    def _before(self, source: Source) -> LastLook:
        return self._last.get(source.name, reach.NEVER)

    def _list(self, sources: Iterable[Source], seen: Seen) -> None:
        """Of a source that rests nothing is known but what the ledger tells. Where nothing counts as seen, everything
        is asked for, wherever the last look ended."""
        now = self._times.now

        def list_one(source: Source) -> _Listed:
            return self._list_one(source, self._before(source).bookmark if seen else {})

        missing = [
            source
            for source in sources
            if source not in self._listed and (self._times.is_attended or not self._before(source).is_resting(now))
        ]
        self._listed.update(zip(missing, _side_by_side(list_one, missing, _SOURCES_AT_ONCE), strict=True))

    def _list_one(self, source: Source, bookmark: Bookmark) -> _Listed:
        shown: dict[Identity, Found] = {}

        def look() -> None:
            for file in self._channel(source).files(source, bookmark):
                shown[file.seen_as] = file

        try:
            cut = _tried(look)
        except OSError as error:
            cut = Unreachable(error.strerror or type(error).__name__)
        if cut and cut.is_passing and shown and not self._channel(source).keeps_order:
            # What stands is what came last: an older version that the next look shows would replace this one's newer.
            shown.clear()
        came = [(file, self._as_it_came(file)) for file in shown.values()]
        to_come = {file.seen_as for file, arrived in came if arrived is None}
        return _Listed([arrived for _, arrived in came if arrived is not None], cut, left=to_come)

    def _as_it_came(self, file: Found) -> Found | None:
        """A demo's files come when they would have come; one that the demo did not write, or that was changed since,
        comes when it truly does."""
        arrival = self._arrivals.get(file.name)
        if arrival is None or (not file.is_versioned and arrival != dt.datetime.fromisoformat(file.modified_at)):
            return file
        if clock.day_of(arrival) > self._times.as_of:
            return None
        return dataclasses.replace(file, arrived_at=clock.utc_text(arrival))

    def _new(self, source: Source, seen: Seen) -> list[Found]:
        listed = self._listed.get(source, _Listed())
        new = [file for file in listed.files if file.is_new(seen)]
        listed.left |= {file.seen_as for file in new if limits().oversize(file.size) is None}
        return new

    def _taken(self, new: Mapping[Source, list[Found]], is_wanted: Callable[[Found], bool]) -> Iterator[Found]:
        """Of files those that are wanted by their place, with their bytes here; without those still being written.
        Nothing is brought that its name says to be another's; sources are brought side by side."""
        named: dict[Identity, Found | None] = {}
        todo: dict[Source, list[Found]] = {source: [] for source in new}
        for source, file in ((source, file) for source, files in new.items() for file in files):
            if file.seen_as not in self._placed and file.seen_as not in named:
                by_name = self._places.by_name(source, file)
                if by_name is None or is_wanted(by_name):
                    named[file.seen_as] = by_name
                    todo[source].append(file)
        brought = _side_by_side(lambda source: self._brought(source, todo[source]), [*todo], _SOURCES_AT_ONCE)
        for source, file in ((source, file) for source, files in zip(todo, brought, strict=True) for file in files):
            with suppress(Changed):
                known = named[file.seen_as]
                self._placed[file.seen_as] = (
                    dataclasses.replace(known, open=file.open, sha256_beside=file.sha256_beside)
                    if known
                    else self._places.by_content(source, file)
                )
        for file in (file for files in new.values() for file in files):
            if (placed := self._placed.get(file.seen_as)) and is_wanted(placed):
                yield placed

    def _brought(self, source: Source, files: list[Found]) -> list[Found]:
        """Files whose bytes are here, the oldest first; what could not be brought whole is left for a later look with
        all that is newer, since what stands is what came last. What must not or cannot be opened is only named."""
        if not self._is_remote(source):
            return files
        cuts: list[Unreachable] = []

        def bring(file: Found) -> Found | Unreachable | None:
            if cuts:  # a source that gave out would cost as many limits of time as it has files
                return cuts[0]
            brought = self._bring(file)
            if isinstance(brought, Unreachable):
                cuts.append(brought)
            return brought

        oldest_first = sorted(files, key=lambda file: (file.modified_at, file.name))
        whole: list[Found] = []
        for brought in _side_by_side(bring, oldest_first, _FILES_AT_ONCE):
            if isinstance(brought, Unreachable):
                self._listed[source].cut = brought
                break
            if brought:
                whole.append(brought)
        return whole

    def _bring(self, file: Found) -> Found | Unreachable | None:
        if file.problem:
            return file
        brought: list[Found] = []
        try:
            cut = _tried(lambda: brought.append(fetched.fetch(file, self._copy(file))))
        except Changed:
            return None
        except PermissionError:
            return file
        return cut or brought[-1]

    def _copy(self, file: Found) -> Path:
        name = hashlib.sha256(repr((file.seen_as, file.change)).encode()).hexdigest()[:24]
        return self._root.fetched / name

    def _tidy(self, source: Source, file: Found) -> None:
        """What a channel could not tidy up is listed again, and is nothing new."""
        with suppress(Unreachable):
            self._channel(source).taken(source, file)

    def _remember(self, sources: Iterable[Source], whole: Collection[Source]) -> None:
        looks = dict(self._last)
        for source in sources:
            listed = self._listed.get(source)
            if listed is not None and self._is_remote(source):
                bookmark = self._channel(source).bookmark(source) if source in whole else None
                looks[source.name] = self._before(source).then(
                    self._times.now, reached=listed.cut is None, bookmark=bookmark
                )
        if looks != self._last:
            reach.write(self._root, looks)

    def _pulls(self, new: Came, refused: Came) -> list[Pull]:
        """As the ledger tells of what was listed. A demo's looks are those of its day, so that the same demo gives the
        same ledger."""
        day_end = dt.datetime.combine(self._times.as_of, dt.time(23, 59), clock.ZONE)
        moment = clock.utc_text(day_end if self._arrivals else self._times.now)
        return [
            Pull(
                source.name,
                moment,
                source.channel,
                "unreachable" if listed.cut else "reached",
                self._connections.feeds_from(source),
                new=_of_source(source, new),
                refused=_of_source(source, refused),
                reason=listed.cut.reason if listed.cut else "",
                is_passing=listed.cut is None or listed.cut.is_passing,
            )
            for source, listed in self._listed.items()
        ]


def _of_source(source: Source, counts: Came) -> dict[str, int]:
    return {
        f"{department}/{dataset}": count
        for (connection, department, dataset), count in counts.items()
        if connection == source.connection
        and (not source.department or (department == source.department and dataset in ("", *source.datasets)))
    }


def _tried(look: Callable[[], None]) -> Unreachable | None:
    """Looks, several times where that may help; why it did not. A secret that is missing is this source's alone. What
    a channel did not foresee is no reason to keep others waiting; its text may hold anything, so that its kind alone is
    told."""
    try:
        for attempt in stamina.retry_context(_is_passing, attempts=_TRIES, timeout=_TRIES_SECONDS):
            with attempt:
                look()
    except Unreachable as cut:
        return cut
    except OperatorError as error:
        return Unreachable(str(error), is_passing=False)
    except OSError:
        raise
    except Exception as error:
        return Unreachable(f"the channel failed with {type(error).__name__}")
    return None


def _is_passing(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.is_passing


def _side_by_side(do: Callable[[_T], _R], what: list[_T], most: int) -> list[_R]:
    if len(what) < 2:
        return [*map(do, what)]
    with ThreadPoolExecutor(min(most, len(what))) as threads:
        return list(threads.map(do, what))
