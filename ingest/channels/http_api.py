"""A department's exchange interface (`exchange.yaml`), which we ask: files and records, listed since the last look.

Here: what a delivery is as a file, and where the next list begins. Not here: the interface (`exchange`), requests
(`http_client`), records as one file (`record_snapshot`). Ends at `Found`.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, cast

from ingest.channels import Bookmark, Found, Ground, Identity, Source, Unreachable, exchange
from ingest.channels.drop_folder import is_temporary, utc_text
from ingest.channels.exchange import Delivery, Listing
from ingest.channels.http_client import Client
from ingest.channels.http_settings import Place, Settings
from ingest.channels.record_snapshot import snapshot
from ingest.channels.resuming import Resuming
from ingest.channels.whole_files import is_sidecar
from ingest.limits import limits
from warehouse.vocabulary import clock

__all__ = ["Place", "Settings", "connect"]

WHOLE_EVERY = dt.timedelta(days=1)
"""How often everything is listed, whatever the other side's clock and its word for the list's state say."""
_ILLEGIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def connect(name: str, settings: Settings, ground: Ground) -> HttpApi:
    return HttpApi(name, settings, ground)


@dataclass(frozen=True)
class _Mark:
    """Where a look ended. `since`: what changed later by the other side's clock is asked for; `state`: its word for
    the whole list; `whole_at`: when everything was listed, by ours. `of`: which list that was."""

    of: str
    since: str = ""
    state: str = ""
    whole_at: str = ""

    @classmethod
    def read(cls, bookmark: Bookmark, of: str, now: dt.datetime) -> _Mark:
        """That of a bookmark; the beginning where it is of another list, or all is to be listed again."""
        try:
            mark = cls(**bookmark) if bookmark.get("of") == of else cls(of)
            is_recent = abs(now - dt.datetime.fromisoformat(mark.whole_at)) < WHOLE_EVERY
        except (TypeError, ValueError):
            return cls(of)
        return mark if is_recent else cls(of)


class HttpApi:
    """One run's requests to a server."""

    is_remote = True
    keeps_order = False

    def __init__(self, name: str, settings: Settings, ground: Ground) -> None:
        self._name = name
        self._settings = settings
        self._ground = ground
        self._client = Client(settings)
        self._marks: dict[str, _Mark] = {}
        self._lock = threading.Lock()

    def files(self, source: Source, bookmark: Bookmark) -> Iterator[Found]:
        now = clock.now()
        mark = _Mark.read(bookmark, self._list_of(source), now)
        query = {"limit": str(self._settings.page_size)} | ({"since": mark.since} if mark.since else {})
        listing = Listing(self._client, self._path(source), query | _dataset(source), mark.state or None)
        yield from self._files(source, listing)
        with self._lock:
            self._marks[source.name] = self._after(mark, listing, now)

    def bookmark(self, source: Source) -> Bookmark:
        with self._lock:
            mark = self._marks.get(source.name)
        return {} if mark is None else {key: value for key, value in vars(mark).items() if value}

    def taken(self, source: Source, file: Found) -> None:
        """The other side keeps its list; we only read."""

    def test(self, source: Source) -> str:
        page = Listing(self._client, self._path(source), {"limit": "1"} | _dataset(source)).first()
        return f"{page.total if page else 0:,} deliveries at {self._client.host}"

    def close(self) -> None:
        self._client.close()

    def _after(self, mark: _Mark, listing: Listing, now: dt.datetime) -> _Mark:
        """A server's clock may be ahead and be put right before the next look, so that ours bounds it."""
        if listing.as_of is None:
            return mark
        since = min(listing.as_of, now) - dt.timedelta(minutes=self._settings.overlap_minutes)
        whole_at = mark.whole_at if mark.since else clock.utc_text(now)
        return _Mark(mark.of, clock.utc_text(since), listing.state or "", whole_at)

    def _files(self, source: Source, listing: Listing) -> Iterator[Found]:
        """Of two deliveries that nobody could tell apart by name, size and time the first; the other is told of."""
        ids: dict[Identity, str] = {}
        unclear = 0
        for delivery in listing.deliveries():
            name = _name(delivery)
            if delivery.kind == "file" and (is_temporary(name.rpartition("/")[2]) or is_sidecar(name)):
                continue
            file = self._file(source, delivery, name)
            if ids.setdefault(file.seen_as, delivery.id) == delivery.id:
                yield file
            else:
                unclear += 1
        if unclear:
            raise Unreachable(
                f"deliveries bear the name, size and time of another ({unclear:,}): give each a name of its own",
                is_passing=False,
            )

    def _file(self, source: Source, delivery: Delivery, name: str) -> Found:
        is_file = delivery.kind == "file"
        size = (delivery.size if is_file else delivery.total) or 0
        return Found(
            channel=self._name,
            department=source.department,
            name=f"{source.department}/{name}",
            size=size,
            modified_at=utc_text(delivery.modified_at.timestamp()),
            open=functools.partial(self._content if is_file else self._snapshot, self._path(source), delivery),
            change=" ".join((delivery.id, delivery.version, delivery.sha256 or "")),
            is_versioned=True,
            sha256_beside=delivery.sha256 if is_file else None,
            is_sized=is_file,
            unit=delivery.unit or (source.department if delivery.dataset else None),
            dataset=delivery.dataset,
            period=delivery.period,
            problem=limits().oversize(size) if is_file else None,
        )

    def _content(self, path: str, delivery: Delivery) -> AbstractContextManager[BinaryIO]:
        opened_at = functools.partial(exchange.content, self._client, path, delivery)
        return cast(AbstractContextManager[BinaryIO], Resuming(opened_at, delivery.size or 0))

    def _snapshot(self, path: str, delivery: Delivery) -> AbstractContextManager[BinaryIO]:
        pages = exchange.records(self._client, path, delivery, self._settings.page_size)
        return snapshot(pages, delivery.total or 0, self._ground.work)

    def _path(self, source: Source) -> str:
        return "/".join(filter(None, (_place(source).path.strip("/"), "deliveries")))

    def _list_of(self, source: Source) -> str:
        """A bookmark is no other list's, also where the connection leads elsewhere now."""
        words = f"{self._settings.url} {self._path(source)} {_place(source).dataset}"
        return hashlib.sha256(words.encode()).hexdigest()[:16]


def _place(source: Source) -> Place:
    return cast(Place, source.place)


def _dataset(source: Source) -> dict[str, str]:
    dataset = _place(source).dataset
    return {"dataset": dataset} if dataset else {}


def _name(delivery: Delivery) -> str:
    """A name is only a name, whatever it looks like; what has none is called by what it holds."""
    name = _ILLEGIBLE.sub("\ufffd", delivery.name or "").strip("/")
    if name:
        return name
    if delivery.kind == "file":
        return delivery.id
    return f"{delivery.unit or ''}/{delivery.dataset}_{delivery.period}.json".lstrip("/")
