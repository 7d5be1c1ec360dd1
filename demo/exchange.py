"""The exchange interface (`ingest/channels/exchange.yaml`) from a department's side: what is answered to each request.

Deliveries are files on disk, some of them offered as records. Sockets are `servers/http_api.py`. Ends at answers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.limits import MB
from warehouse.vocabulary import clock

_PAGE = 1000
_ROUTE = re.compile(r"/exchange/v1/(?P<place>.+/)?deliveries(/(?P<id>[^/]+)/(?P<part>content|records))?")


@dataclass(frozen=True)
class Request:
    """`path` without the query; names of headers in lower case."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()


@dataclass(frozen=True)
class Delivery:
    """`entry`: as the list shows it, with `id` and `version`; `records`: where it is offered as such."""

    entry: Mapping[str, Any]
    path: Path
    changed_at: dt.datetime
    records: Sequence[Mapping[str, Any]] | None = None


class Exchange:
    """What a department's server knows. Each place has a list of its own; a delivery that is added again, by its id,
    takes the place of the one before."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._places: dict[str, dict[str, Delivery]] = {}

    def add(self, place: str, delivery: Delivery) -> None:
        self._places.setdefault(place, {})[delivery.entry["id"]] = delivery

    def deliveries(self, place: str = "") -> list[Delivery]:
        return [*self._places.get(place, {}).values()]

    def answer(self, request: Request) -> Answer:
        route = _ROUTE.fullmatch(request.path)
        if not secrets.compare_digest(request.headers.get("authorization", "").encode(), self._bearer):
            return Answer(401, {"WWW-Authenticate": "Bearer"})
        if route is None:
            return Answer(404)
        deliveries = self._places.get((route["place"] or "").rstrip("/"), {})
        if route["id"] is None:
            return _listed(request, deliveries)
        delivery = deliveries.get(route["id"])
        if delivery is None or (route["part"] == "records") != (delivery.records is not None):
            return Answer(404)
        if request.headers.get("if-match") != _tag(delivery.entry["version"]):
            return Answer(412)
        return _records(request, delivery) if delivery.records is not None else _content(request, delivery)

    @property
    def _bearer(self) -> bytes:
        return f"Bearer {self._token}".encode()


def _listed(request: Request, deliveries: Mapping[str, Delivery]) -> Answer:
    as_of = clock.now()
    state = hashlib.sha256(json.dumps([delivery.entry for delivery in deliveries.values()]).encode()).hexdigest()
    if request.headers.get("if-none-match") == _tag(state):
        return Answer(304, {"ETag": _tag(state)})
    since = dt.datetime.fromisoformat(request.query.get("since", "1970-01-01T00:00:00Z"))
    dataset = request.query.get("dataset")
    entries = [
        delivery.entry
        for delivery in deliveries.values()
        if delivery.changed_at >= since and dataset in (None, delivery.entry.get("dataset"))
    ]
    return _page(request, {"as_of": as_of.isoformat()}, "deliveries", entries, state)


def _records(request: Request, delivery: Delivery) -> Answer:
    records = [{"id": number, "data": record} for number, record in enumerate(delivery.records or (), 1)]
    return _page(request, {}, "records", records, delivery.entry["version"])


def _page(request: Request, head: dict[str, str], name: str, entries: Sequence[Any], version: str) -> Answer:
    """The cursor is where the next page begins."""
    begins = int(request.query.get("cursor", 0))
    ends = begins + int(request.query.get("limit", _PAGE))
    more = str(ends) if ends < len(entries) else None
    page = head | {"total": len(entries), "next": more, name: entries[begins:ends]}
    body = json.dumps(page, ensure_ascii=False).encode()
    headers = {"ETag": _tag(version), "Content-Type": "application/json", "Content-Length": str(len(body))}
    return Answer(200, headers, [body])


def _content(request: Request, delivery: Delivery) -> Answer:
    size = delivery.path.stat().st_size
    asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    begins = int(asked[1]) if asked else 0
    headers = {
        "ETag": _tag(delivery.entry["version"]),
        "Content-Type": "application/octet-stream",
        "Content-Length": str(size - begins),
    }
    if asked:
        headers["Content-Range"] = f"bytes {begins}-{size - 1}/{size}"
    return Answer(206 if asked else 200, headers, _pieces(delivery.path, begins))


def _pieces(path: Path, begins: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(begins)
        while piece := stream.read(MB):
            yield piece


def _tag(version: str) -> str:
    return f'"{version}"'
