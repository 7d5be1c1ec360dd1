"""A department with an exchange interface that can misbehave, and another beside it, for the channel's tests."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import stamina
import yaml

from demo.exchange import Answer, Delivery, Exchange, Request
from ingest import feed as feeds
from ingest import receive
from ingest.channels import Ground, resuming
from tests.channels.authority import DAY
from tests.channels.faulty_exchange import Faulty, page
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.submission import Delivery as Received

TOKEN = "first-token"
NAME = "training_record_2026-01.csv"
BESIDE = "EMB/certificate_2026-01.csv"
MODIFIED = dt.datetime(2026, 2, 10, 8, tzinfo=dt.UTC)


def table(rows: int) -> bytes:
    return delimited([HEADERS, *[ROW] * rows])


CONTENT, LARGE = table(3), table(20_000)
ROWS = [dict(zip(HEADERS, (*ROW[:4], str(hours), *ROW[5:]), strict=True)) for hours in range(1, 26)]


@dataclass
class World:
    """A department CAB on the server that misbehaves, and another, EMB, on one that does not."""

    root: Root
    exchange: Exchange
    server: Faulty
    told: dict[str, Any]
    now: dt.datetime = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    last: list[Received] = field(default_factory=list)

    def put(self, name: str = NAME, content: bytes = CONTENT, *, place: str = "", **entry: Any) -> None:
        path = self.root.path / "served" / hashlib.sha256(content).hexdigest()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        told = {
            "id": hashlib.sha256(name.encode()).hexdigest()[:12],
            "kind": "file",
            "name": name,
            "modified_at": MODIFIED.isoformat(),
            "version": digest,
            "size": len(content),
            "sha256": digest,
        }
        self.add(told | entry, path, place=place)

    def put_records(self, records: Sequence[dict[str, Any]] = ROWS, **entry: Any) -> None:
        told = {
            "id": "records-1",
            "kind": "records",
            "dataset": "training_record",
            "period": "2026-01",
            "modified_at": MODIFIED.isoformat(),
            "version": hashlib.sha256(json.dumps(records).encode()).hexdigest(),
            "total": len(records),
        }
        self.add(told | entry, Path(), records)

    def add(
        self, entry: dict[str, Any], path: Path, records: Sequence[dict[str, Any]] | None = None, place: str = ""
    ) -> None:
        told = {key: value for key, value in entry.items() if value is not None}
        self.exchange.add(place, Delivery(told, path, clock.now(), records))

    def entered(self, size: int, before: dt.timedelta) -> None:
        """The delivery of that size came into the list so long before now."""
        (delivery,) = [delivery for delivery in self.exchange.deliveries() if delivery.entry["size"] == size]
        self.exchange.add("", replace(delivery, changed_at=clock.now() - before))

    def connect(self, name: str = "city", **settings: object) -> None:
        """A setting that is null is none."""
        connection = self.told["connections"][name] | settings
        self.told["connections"][name] = {key: value for key, value in connection.items() if value is not None}
        self.write()

    def write(self) -> None:
        path = self.root.path / "connections.yaml"
        path.write_text(yaml.safe_dump(self.told), "utf-8")
        os.environ["SKILLS_CONNECTIONS"] = str(path)

    def pull(self, **options: Any) -> list[str]:
        """The names of what came, a day later, so that nothing rests."""
        self.now += DAY
        with closing(receive.look(self.root, now=self.now)) as look:
            self.last = receive.receive(self.root, feeds.feeds(), now=self.now, channel=look, **options)
            self.last += receive.receive_unrecognised(self.root, now=self.now, channel=look)
        return sorted(delivery.name for delivery in self.last)

    def contents(self) -> list[bytes]:
        return [receive.content_file(self.root, delivery).read_bytes() for delivery in self.last if delivery.sha256]

    def state(self, source: str = "city/CAB/*") -> tuple[str, bool]:
        """Why it was not reached at the last look, and whether that passes; the other source was."""
        newest = pull_log.newest(self.root)
        assert newest["beside/EMB/*"].state == "reached"
        pull = newest[source]
        assert (pull.state == "reached") == (pull.reason == "")
        return pull.reason, pull.is_passing

    def all_is_taken_once(self, *contents: bytes) -> None:
        """Each of the contents is one submission, and a further look brings nothing."""
        known = [delivery for delivery in receive.deliveries(self.root) if delivery.department == "CAB"]
        assert sorted(delivery.sha256 for delivery in known) == sorted(
            hashlib.sha256(content).hexdigest() for content in contents
        )
        assert self.pull() == []
        assert self.state() == ("", True)


REACHED = ("", True)


@contextmanager
def exchange_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("SKILLS_CONNECTIONS", "")
    monkeypatch.setenv("CITY_TOKEN", TOKEN)
    monkeypatch.setattr(resuming, "_FIRST_WAIT_SECONDS", 0.001)
    root = Root(tmp_path / "root").make()
    exchanges = [Exchange(TOKEN), Exchange(TOKEN)]
    city, beside = (Faulty(exchange.answer) for exchange in exchanges)
    with stamina.set_testing(True, attempts=2), city.serving() as url, beside.serving() as beside_url:
        settings = {"channel": "http_api", "token": "${CITY_TOKEN}", "plain_http": True, "requests_per_second": 5000}
        told = {
            "connections": {"city": settings | {"url": url}, "beside": settings | {"url": beside_url}},
            "feeds": {"CAB": {"connection": "city"}, "EMB": {"connection": "beside"}},
        }
        world = World(root, exchanges[1], beside, told)
        world.put(BESIDE.partition("/")[2])
        world = World(root, exchanges[0], city, told)
        world.write()
        yield world
        assert city.faults == beside.faults == [], "client and server keep to the document"


def spoiled(world: World, path: str, change: Callable[[Answer], Answer], times: int = 10**9) -> None:
    """Answers below a path that ends so are changed, so many times."""
    left = [times]

    def spoil(request: Request, answer: Answer) -> Answer:
        if not request.path.endswith(path) or left[0] < 1:
            return answer
        left[0] -= 1
        return change(answer)

    world.server.spoil = spoil


def canonical(rows: Sequence[dict[str, Any]]) -> bytes:
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for row in rows]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def put_many(world: World, count: int) -> list[str]:
    for number in range(count):
        period = f"{2025 + (number + 10) // 12}-{(number + 10) % 12 + 1:02}"
        world.put(f"training_record_{period}.csv", table(number + 2))
    world.connect(page_size=2)
    return sorted(f"CAB/{delivery.entry['name']}" for delivery in world.exchange.deliveries())


def faulty_entry(**change: Any) -> Callable[[Answer], Answer]:
    return lambda answer: page(
        answer,
        lambda told: told | {"deliveries": [told["deliveries"][0] | change, *told["deliveries"][1:]]},
    )


def with_header(**headers: str) -> Callable[[Answer], Answer]:
    return lambda answer: replace(answer, headers={**answer.headers, **headers})


def ground(world: World) -> Ground:
    return Ground(world.root.inbox, world.root.work, 0)
