"""Where each feed comes from: `connections.yaml`, which is a matter of the environment and not of the feed.

`connections` names each connection, its channel and how it is reached; `feeds` says for a department, or one dataset
of it, on which connection and at which place it lies. What may stand there is each channel module's `Settings` and
`Place`. Every feed may also come by the drop folder, which is there unless a connection of that channel says where else
it lies. Secrets are references only (`vocabulary.secret`). Ends at `Connections`.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

from ingest import channels
from ingest.channels import Channel, Ground, Source
from ingest.feed import Feed
from ingest.feed import feeds as all_feeds
from warehouse.store.settings import settings
from warehouse.vocabulary import typed_file
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.typed_file import Place

DROP_FOLDER = "drop_folder"
"""The channel that serves all departments, and the name of its connection where no file says another."""
_KEYS = ("connections", "feeds")


@dataclass(frozen=True)
class Connection:
    """`settings` is the `Settings` of the channel's module."""

    name: str
    channel: str
    settings: object


@dataclass(frozen=True)
class Connections:
    """Every connection, and what is to be listed on them: drop folders first, then by department and dataset."""

    connections: tuple[Connection, ...]
    sources: tuple[Source, ...]

    def connect(self, name: str, ground: Ground) -> Channel:
        """The channel of a connection; nothing is reached for yet."""
        connection = next(connection for connection in self.connections if connection.name == name)
        channel: Channel = module(connection.channel).connect(name, connection.settings, ground)
        return channel

    def of_feed(self, feed: Feed) -> Source:
        """Where a feed comes from by itself: its own source, else the drop folder."""
        return self._source_of[feed.department, feed.dataset]

    def feeds_from(self, source: Source) -> tuple[str, ...]:
        """The feeds that come from a source by themselves, as `DEPARTMENT/dataset`."""
        return self._feeds_from.get(source.name, ())

    @cached_property
    def _source_of(self) -> dict[tuple[str, str], Source]:
        """Asked for all 130 feeds at every look and every page, so worked out once."""
        main = {(feed.department, feed.dataset): self.sources[0] for feed in all_feeds()}
        for source in self.sources:
            main |= {(source.department, dataset): source for dataset in source.datasets if source.department}
        return main

    @cached_property
    def _feeds_from(self) -> dict[str, tuple[str, ...]]:
        feeds: dict[str, tuple[str, ...]] = {}
        for feed, source in self._source_of.items():
            feeds[source.name] = (*feeds.get(source.name, ()), "/".join(feed))
        return feeds

    def of_feeds(self, feeds: Iterable[Feed]) -> list[Source]:
        """All from which something of the feeds may come."""
        wanted = {(feed.department, feed.dataset) for feed in feeds}
        departments = {department for department, _ in wanted}
        return [
            source
            for source in self.sources
            if wanted & set(product([source.department] if source.department else departments, source.datasets))
        ]


def kinds() -> list[str]:
    """The channels there are."""
    return sorted(name for _, name, _ in pkgutil.iter_modules(channels.__path__) if is_channel(name))


def is_channel(name: str) -> bool:
    """Others than the one asked for are not imported: each has libraries of its own."""
    known = {name for _, name, _ in pkgutil.iter_modules(channels.__path__)}
    return name in known and hasattr(module(name), "connect")


def module(channel: str) -> ModuleType:
    return importlib.import_module(f"{channels.__name__}.{channel}")


def connections() -> Connections:
    """Those of the environment: of the file that the settings name, else the drop folder alone."""
    path = settings().connections
    stands = path.stat() if path and path.is_file() else None
    return _known(path, (stands.st_mtime_ns, stands.st_size, stands.st_ino) if stands else None)


@functools.lru_cache(4)
def _known(path: Path | None, stands: tuple[int, ...] | None) -> Connections:
    """`stands`: another one when the file was changed; pages of all units ask, and reading it takes 0.1 s."""
    return load(path) if path else _filled({}, Place("", Path.cwd()))


def load(path: Path) -> Connections:
    """`OperatorError` names the file, the key and what is allowed there."""
    return _filled(typed_file.load(path), Place(str(path), path.absolute().parent))


def _filled(content: Mapping[str, Any], place: Place) -> Connections:
    for key in content:
        if key not in _KEYS:
            raise OperatorError(f"{place.file}: {key} is no key here; there are {', '.join(_KEYS)}.")
    named = _mapping(content, "connections", place)
    known = [_connection(name, told, place.below(f"connections.{name}")) for name, told in named.items()]
    if not any(connection.channel == DROP_FOLDER for connection in known):
        known.insert(0, Connection(DROP_FOLDER, DROP_FOLDER, module(DROP_FOLDER).Settings()))
    by_name = {connection.name: connection for connection in known}
    declared = {
        name: _declared(name, told, by_name, place.below(f"feeds.{name}"))
        for name, told in _mapping(content, "feeds", place).items()
    }
    return Connections(tuple(known), (*_drop_folders(known), *_sources(declared)))


def _mapping(content: Mapping[str, Any], key: str, place: Place) -> Mapping[str, Any]:
    value = content.get(key) or {}
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise place.below(key).refuse("names with what belongs to each")
    return value


def _connection(name: str, told: object, place: Place) -> Connection:
    rest = dict(told) if isinstance(told, Mapping) else {}
    channel = rest.pop("channel", None)
    if not is_channel(str(channel)):
        raise place.below("channel").refuse(f"one of {', '.join(kinds())}")
    return Connection(name, channel, typed_file.fill(module(channel).Settings, rest, place))


def _declared(name: str, told: object, by_name: Mapping[str, Connection], place: Place) -> tuple[Connection, object]:
    """The connection of a department or feed, and the place on it."""
    department, _, dataset = name.partition("/")
    if not any(feed.department == department and dataset in ("", feed.dataset) for feed in all_feeds()):
        raise OperatorError(
            f"{place.file}: {place.key}: there is no feed {name}; write DEPARTMENT or DEPARTMENT/dataset."
        )
    rest = dict(told) if isinstance(told, Mapping) else {}
    connection = by_name.get(str(rest.pop("connection", "")))
    if connection is None or connection.channel == DROP_FOLDER:
        served = [known.name for known in by_name.values() if known.channel != DROP_FOLDER]
        raise place.below("connection").refuse(f"one of {', '.join(served)}; all feeds may come by the drop folder")
    return connection, typed_file.fill(module(connection.channel).Place, rest, place)


def _drop_folders(known: Iterable[Connection]) -> list[Source]:
    datasets = tuple(sorted({feed.dataset for feed in all_feeds()}))
    return [
        Source(connection.name, DROP_FOLDER, "", datasets, module(DROP_FOLDER).Place())
        for connection in known
        if connection.channel == DROP_FOLDER
    ]


def _sources(declared: Mapping[str, tuple[Connection, object]]) -> list[Source]:
    """One for each feed that is named by itself, and one for all others of a department that is."""
    sources = []
    for name, (connection, place) in sorted(declared.items()):
        department, _, dataset = name.partition("/")
        datasets = (
            [dataset]
            if dataset
            else [
                feed.dataset
                for feed in all_feeds()
                if feed.department == department and f"{department}/{feed.dataset}" not in declared
            ]
        )
        if datasets:
            sources.append(Source(connection.name, connection.channel, department, tuple(datasets), place))
    return sources
