"""The document that departments implement, held against OpenAPI, our client and the demo's server; and what a look
costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from demo.exchange import Answer, Delivery, Request
from demo.servers import Sent
from demo.servers import http_api as demo_server
from ingest import connections
from ingest import feed as feeds
from ingest.channels import exchange
from tests.channels.exchange_document import document, validator
from tests.channels.exchange_world import (
    BESIDE,
    MODIFIED,
    ROWS,
    TOKEN,
    World,
    canonical,
    exchange_world,
    ground,
)
from tests.channels.faulty_exchange import Faulty
from tests.test_house import PROJECT
from warehouse.vocabulary import clock

pytestmark = pytest.mark.channels


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with exchange_world(tmp_path, monkeypatch) as world:
        yield world


# What it costs.


def test_ten_thousand_deliveries_are_ten_requests_and_nothing_new_is_one(world: World) -> None:
    entries = [
        {"id": str(number), "kind": "file", "name": f"{number}.csv", "size": 1, "version": "1",
         "modified_at": MODIFIED.isoformat()}
        for number in range(10_000)
    ]  # fmt: skip
    for entry in entries:
        world.exchange.add("", Delivery(entry, Path(), clock.now()))
    known = connections.connections()
    source = next(source for source in known.sources if source.department == "CAB")
    with closing(known.connect("city", ground(world))) as channel:
        assert sum(1 for _ in channel.files(source, {})) == 10_000
        assert world.server.paths() == ["deliveries"] * 10
        assert [*channel.files(source, channel.bookmark(source))] == []
        assert world.server.paths() == ["deliveries"]
        assert channel.test(source) == f"10,000 deliveries at 127.0.0.1:{world.server.port}"


MEASURED = """
import re, sys
from contextlib import closing
from pathlib import Path
from ingest import connections, fetched
from ingest.channels import Ground

known = connections.connections()
source = next(source for source in known.sources if source.department == "CAB")
with closing(known.connect("city", Ground(Path("inbox"), Path(sys.argv[1]), 0))) as channel:
    for file in channel.files(source, {}):
        brought = fetched.fetch(file, Path(sys.argv[1]) / file.name.replace("/", "-"))
        with brought.open() as stream:
            print(sum(len(piece) for piece in iter(lambda: stream.read(2**20), b"")))
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_a_gigabyte_and_a_hundred_thousand_records_take_little_memory(world: World, tmp_path: Path) -> None:
    (tmp_path / "limits.yaml").write_text("file_mb: 2000\nunpacked_mb: 4000\n")
    size, count, of_page = 2**30, 100_000, 1000
    row = json.dumps({f"字段{number}": "深圳" * 10 for number in range(12)}, ensure_ascii=False)
    entry = {"modified_at": MODIFIED.isoformat(), "version": "1"}
    world.add(entry | {"id": "large", "kind": "file", "name": "large.csv", "size": size}, Path())
    many = {"id": "many", "kind": "records", "dataset": "training_record", "period": "2026-01", "total": count}
    world.add(entry | many, Path(), [])

    def answers(request: Request) -> Answer:
        if request.path.endswith("/content"):
            return Answer(200, {"ETag": '"1"', "Content-Length": str(size)}, (bytes(2**20) for _ in range(2**10)))
        if request.path.endswith("/records"):
            begins = int(request.query.get("cursor", 0))
            ends = begins + of_page
            records = (f'{{"id": {number * 7919 % count}, "data": {row}}}' for number in range(begins, ends))
            more = f'"{ends}"' if ends < count else "null"
            body = f'{{"total": {count}, "next": {more}, "records": [{", ".join(records)}]}}'.encode()
            return Answer(200, {"ETag": '"1"', "Content-Length": str(len(body))}, [body])
        return world.exchange.answer(request)

    class Unchecked(Faulty):
        def reply(self, request: Request) -> Answer:
            return self.answer(request)

    with Unchecked(answers).serving() as url:
        world.connect(url=url)
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(tmp_path)],
            cwd=PROJECT,
            env={**os.environ, "SKILLS_LIMITS": str(tmp_path / "limits.yaml")},
            capture_output=True,
            text=True,
            check=True,
        )
    file_bytes, record_bytes, megabytes = map(int, done.stdout.split())
    assert file_bytes == size
    assert record_bytes > 80 * 2**20
    assert megabytes < 200


# The document.


def test_the_document_is_openapi_3_1() -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads((Path(__file__).parent / "openapi-3.1.schema.json").read_text("utf-8"))
    assert not [*Draft202012Validator(schema).iter_errors(document())]
    for part in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(part)


def test_its_examples_are_as_it_says_and_are_understood() -> None:
    examples = document()["components"]["examples"]
    schemas = document()["components"]["schemas"]
    for name, kind, model in (
        ("page", "DeliveryPage", exchange.DeliveryPage),
        ("records", "RecordPage", exchange.RecordPage),
    ):
        assert not [*validator(schemas[kind]).iter_errors(examples[name]["value"])]
        parsed = model.model_validate_json(json.dumps(examples[name]["value"]))
        assert not any(isinstance(entry, exchange.Flaw) for entry in getattr(parsed, "deliveries", ()))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("DeliveryPage", exchange.DeliveryPage),
        ("Delivery", exchange.Delivery),
        ("RecordPage", exchange.RecordPage),
        ("Record", exchange.Record),
    ],
)
def test_what_the_client_reads_is_what_the_document_declares(name: str, model: type[exchange.Delivery]) -> None:
    schema = document()["components"]["schemas"][name]
    assert set(model.model_fields) == set(schema["properties"])
    assert {key for key, told in model.model_fields.items() if told.is_required()} == set(schema["required"])


ENTRY = document()["components"]["examples"]["page"]["value"]["deliveries"][0]


@pytest.mark.parametrize(
    "change",
    [
        {}, {"name": None}, {"size": None}, {"size": -1}, {"size": 1.5}, {"id": ""}, {"id": "a/b"}, {"id": "a" * 128},
        {"id": "a" * 129}, {"version": ""}, {"version": "a b"}, {"kind": "records"}, {"dataset": "x"},
        {"dataset": "x", "period": "2026-01"}, {"kind": "records", "dataset": "x", "period": "2026", "total": 0},
        {"sha256": "0"}, {"modified_at": "2026-01-01T00:00:00"}, {"more": 1},
    ],
)  # fmt: skip
def test_the_client_refuses_what_the_document_does_and_nothing_else(change: dict[str, Any]) -> None:
    entry = {key: value for key, value in (ENTRY | change).items() if value is not None}
    declared = validator(document()["components"]["schemas"]["Delivery"]).is_valid(entry)
    told = {"as_of": "2026-01-01T00:00:00Z", "total": 1, "next": None, "deliveries": [entry]}
    (read,) = exchange.DeliveryPage.model_validate_json(json.dumps(told)).deliveries
    assert isinstance(read, exchange.Delivery) == declared


def test_a_fault_of_the_client_would_be_seen(world: World) -> None:
    world.put()
    answer = world.exchange.answer
    token = {"authorization": f"Bearer {TOKEN}"}
    wrong = [
        Request("/exchange/v1/delivery", {}, token),
        Request("/exchange/v1/deliveries", {"page": "1"}, token),
        Request("/exchange/v1/deliveries", {"limit": "0"}, token),
        Request("/exchange/v1/deliveries", {}, token | {"x-own": "1"}),
        Request("/exchange/v1/deliveries/1/content", {}, token),
        Request("/exchange/v1/deliveries/-1/content", {}, token | {"if-match": '"1"'}),
    ]
    for request in wrong:
        world.server.reply(request)
    seen, world.server.faults = world.server.faults, []
    assert len(seen) >= len(wrong)
    assert answer(wrong[0]).status == 404


# The demo.

MONTHS = ("202601", "202512")


def test_the_demo_s_server_serves_files_and_records_by_the_document(world: World, tmp_path: Path) -> None:
    folder, sent = tmp_path / "server", tmp_path / "sent"
    folder.mkdir()
    sent.mkdir()
    server = demo_server.Server()
    server.start(folder)
    try:
        entries = {}
        for department in ("HRSS", "HEA"):
            feed = next(
                feed for feed in feeds.feeds() if (feed.department, feed.dataset) == (department, "certificate")
            )
            files = []
            for name, content in {
                f"{department}_certificate_202601.json": json.dumps({"code": 0, "total": 25, "rows": ROWS}),
                f"{department}_certificate_202512.json": json.dumps({"rows": ROWS})[:90],
            }.items():
                path = sent / name
                path.write_text(content, "utf-8")
                files.append(Sent(name, path, MODIFIED))
            entries[f"{department}/certificate"] = {"connection": "demo", **server.place(feed, files)}
        world.told["connections"]["demo"] = server.connection()
        world.told["feeds"] = {"EMB": {"connection": "beside"}, **entries}
        world.write()
        demo_names = (
            f"{part}/{part}_certificate_{month}.json" for part in ("HEA", "HRSS") for month in ("202601", "202512")
        )
        assert world.pull() == sorted([BESIDE, *demo_names])
        kinds = {delivery.name: delivery.size for delivery in world.last}
        assert kinds["HEA/HEA_certificate_202601.json"] == len(ROWS), "as records"
        assert kinds["HRSS/HRSS_certificate_202601.json"] > len(ROWS), "as a file"
        assert canonical(ROWS) in world.contents()
        assert all(delivery.submission for delivery in world.last)
        assert world.pull() == []
        assert not [*sent.iterdir()]
    finally:
        server.stop()
        server.stop()
