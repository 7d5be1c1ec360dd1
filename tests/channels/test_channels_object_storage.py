"""Object storage against rclone's S3 server, directly and through a proxy that spoils its answers: nothing is taken
twice or lost, other sources are taken all the same, the ledger tells the truth, and nothing leaves the endpoint."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import stamina
import yaml

from demo.servers import Sent, object_storage
from ingest import connections, receive
from ingest import feed as feeds
from ingest.channels import UNOPENED, Found, Ground, Unreachable, http_stream, resuming
from ingest.scanner import INFECTED
from tests.channels.certificates import self_signed
from tests.channels.faulty_store import Answer, Proxy, listing, page_after, proxied, refusal
from tests.ingest.clamd import MARK, clamd
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Delivery

pytestmark = pytest.mark.channels
DAY = dt.timedelta(days=1)
RECORDS = "training_record_2026-01.csv"
NAME = f"CAB/{RECORDS}"
BESIDE = "EMB/certificate_2026-01.csv"


def table(rows: int, score: str = "1") -> bytes:
    return delimited([HEADERS, *[(*ROW[:5], score, "1")] * rows])


CONTENT, LARGE, OTHER = table(3), table(20_000), table(20_000, "0")


@dataclass
class World:
    """A department CAB in the proxy's bucket, and another, EMB, on a connection that always behaves."""

    root: Root
    proxy: Proxy
    bucket: Path
    told: dict[str, Any]
    now: dt.datetime = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    names: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes = CONTENT, minute: int = 0) -> None:
        path = self.bucket / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = dt.datetime(2026, 2, 10, 8, minute, tzinfo=dt.UTC).timestamp()
        os.utime(path, (moment, moment))

    def connect(self, **settings: object) -> None:
        self.told["connections"]["store"] |= settings
        path = self.root.path / "connections.yaml"
        path.write_text(yaml.safe_dump(self.told), "utf-8")
        os.environ["SKILLS_CONNECTIONS"] = str(path)

    def pull(self) -> list[Delivery]:
        """A day later, so that nothing rests."""
        self.now += DAY
        with closing(receive.look(self.root, now=self.now)) as look:
            taken = receive.receive(self.root, feeds.feeds(), now=self.now, channel=look)
            taken += receive.receive_unrecognised(self.root, now=self.now, channel=look)
        self.names = sorted(delivery.name for delivery in taken)
        return taken

    def content(self, delivery: Delivery) -> bytes:
        return receive.content_file(self.root, delivery).read_bytes()

    def state(self, source: str = "store/CAB/*") -> tuple[str, str, bool]:
        pull = pull_log.newest(self.root)[source]
        return pull.state, pull.reason, pull.is_passing

    def files(self) -> list[Found]:
        known = connections.connections()
        source = next(source for source in known.sources if source.connection == "store")
        with closing(known.connect("store", Ground(self.root.inbox, self.root.work, 0))) as channel:
            return list(channel.files(source, {}))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[object_storage.Server, Path]]:
    folder = tmp_path_factory.mktemp("store")
    server = object_storage.Server()
    server.start(folder)
    yield server, folder
    server.stop()


@pytest.fixture
def world(
    served: tuple[object_storage.Server, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Nothing waits: neither between tries, nor long for what is silent."""
    monkeypatch.setattr(resuming, "_FIRST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(http_stream, "SILENCE_SECONDS", 0.5)
    monkeypatch.setenv("SKILLS_CONNECTIONS", "")
    stamina.set_testing(True, attempts=2)
    server, folder = served
    store = server.connection()
    bucket = folder / "store" / f"bucket-{tmp_path.name[-20:].strip('-_').lower()}"
    shutil.rmtree(bucket, ignore_errors=True)
    bucket.mkdir()
    with proxied(int(store["endpoint"].rpartition(":")[2])) as proxy:
        store = store | {"bucket": bucket.name}
        told = {
            "connections": {"store": store | {"endpoint": f"http://127.0.0.1:{proxy.port}"}, "beside": store},
            "feeds": {
                "CAB": {"connection": "store", "prefix": "cab"},
                "EMB": {"connection": "beside", "prefix": "emb"},
            },
        }
        world = World(Root(tmp_path / "root").make(), proxy, bucket, told)
        world.connect()
        world.put("emb/certificate_2026-01.csv")
        yield world
    stamina.set_testing(False)
    shutil.rmtree(bucket)


def test_what_a_department_puts_into_its_folder_is_taken_once(world: World) -> None:
    world.put(f"cab/{RECORDS}", LARGE)
    world.put("cab/sub folder/培训人次实名制明细 2026年2月+%20.csv", CONTENT)
    world.put(f"cab2/{RECORDS}")
    taken = {delivery.name: delivery for delivery in world.pull()}
    assert set(taken) == {NAME, "CAB/sub folder/培训人次实名制明细 2026年2月+%20.csv", BESIDE}
    assert world.content(taken[NAME]) == LARGE
    assert taken[NAME].modified_at == "2026-02-10T08:00:00.000000+00:00"
    assert taken["CAB/sub folder/培训人次实名制明细 2026年2月+%20.csv"].period == "2026-02"
    assert world.state() == ("reached", "", True)
    world.proxy.behave()
    assert world.pull() == []
    assert len(world.proxy.lists) == 1
    assert world.proxy.reads == [], "what is unchanged is never read again"


def test_districts_have_folders_below_their_departments(world: World) -> None:
    world.told["feeds"]["HRSS"] = {"connection": "store", "prefix": "hrss/"}
    world.connect()
    world.put("hrss/440305/certificate_2026-01.csv")
    assert "HRSS.440305" in [delivery.unit for delivery in world.pull()]


def test_what_fits_no_feed_is_kept_with_its_bytes_and_a_reason(world: World) -> None:
    world.put("cab/扫描件.txt", b"no table")
    told = {delivery.name: delivery for delivery in world.pull()}["CAB/扫描件.txt"]
    assert told.problem
    assert world.content(told) == b"no table"
    assert not list(world.root.fetched.glob("*")), "nothing that came stays behind"
    assert world.pull() == []


def test_what_is_written_over_is_new_though_size_and_time_are_the_same(world: World) -> None:
    world.put(f"cab/{RECORDS}", LARGE)
    world.pull()
    world.put(f"cab/{RECORDS}", OTHER)
    (delivery,) = world.pull()
    assert world.content(delivery) == OTHER
    assert world.pull() == []


def test_the_same_bytes_put_again_are_one_submission(world: World) -> None:
    world.put(f"cab/{RECORDS}")
    first = {delivery.name: delivery for delivery in world.pull()}[NAME]
    world.put(f"cab/{RECORDS}", minute=5)
    (second,) = world.pull()
    assert second.submission == first.submission
    assert len(list(world.root.received.glob("CAB-*"))) == 1


def test_only_what_fits_the_pattern_of_a_feed_is_taken(world: World) -> None:
    world.told["feeds"]["CAB"]["pattern"] = "*_2026-01.csv"
    world.connect()
    world.put(f"cab/{RECORDS}")
    world.put("cab/training_record_2026-02.csv")
    world.pull()
    assert world.names == [NAME, BESIDE]


def test_what_is_no_delivery_by_its_name_is_passed_over(world: World) -> None:
    for name in (f"{RECORDS}.part", f".hidden/{RECORDS}", f"~${RECORDS}", f"x.tmp/{RECORDS}", f"{RECORDS}.done"):
        world.put(f"cab/{name}")
    world.proxy.spoil("list-type", listing({b"cab/": 0, b"cab/folder/": 0}))
    world.pull()
    assert world.names == [BESIDE]
    world.proxy.behave()
    world.pull()
    assert world.names == []


def test_a_checksum_beside_a_file_is_compared_and_read_once(world: World) -> None:
    world.put(f"cab/{RECORDS}")
    world.put(f"cab/{RECORDS}.sha256", hashlib.sha256(CONTENT).hexdigest().encode())
    world.put("cab/training_record_2026-02.csv")
    world.put("cab/training_record_2026-02.csv.SHA256", b"0" * 64)
    taken = {delivery.name: delivery for delivery in world.pull()}
    assert taken[NAME].problem is None
    refused = taken["CAB/training_record_2026-02.csv"]
    assert (refused.problem, refused.sha256) == (receive.OTHER_CHECKSUM, "")
    world.put("cab/training_record_2026-02.csv.SHA256", hashlib.sha256(CONTENT).hexdigest().encode())
    world.proxy.behave()
    (mended,) = world.pull()
    assert mended.problem is None
    assert not [asked for asked in world.proxy.reads if RECORDS in asked.target]


def test_hostile_names_are_names(world: World) -> None:
    keys = [
        b"cab/../../etc/training_record_2026-01.csv",
        b"cab//training_record_2026-01.csv",
        b"cab//abs/training_record_2026-01.csv",
        b"cab/./training_record_2026-01.csv",
        b"cab/\x01\x1b[31m\n\ttraining_record_2026-01.csv",
        "cab/培训_training_record_2026-01.csv".encode("gb18030"),
        b"cab/\xff\xfe\xfd training_record_2026-01.csv",
        b"cab/" + b"x" * 900 + b"_training_record_2026-01.csv",
        b"cab/a?b=c&d#e+f%2F training_record_2026-01.csv",
        b"other/training_record_2026-01.csv",
    ]
    contents = {key: table(number + 1) for number, key in enumerate(keys)}
    world.proxy.spoil("list-type", listing({key: len(content) for key, content in contents.items()}))
    for key, content in contents.items():
        world.proxy.spoil(f"/{world.bucket.name}/{quote(key, safe='/-_.~')}", functools.partial(_sends, content))
    taken = [delivery for delivery in world.pull() if delivery.department == "CAB"]
    assert {world.content(delivery) for delivery in taken} == set(contents.values()) - {contents[keys[-1]]}
    assert all(delivery.name.startswith("CAB/") for delivery in taken)
    outside = {path for path in world.root.path.rglob("*") if "etc" in path.parts}
    assert not outside, "no name becomes a path"
    assert world.pull() == []


def _sends(content: bytes, _: Answer) -> Answer:
    return Answer(200, {"etag": '"tag"'}, content)


def test_ten_thousand_unchanged_objects_cost_ten_requests_and_no_download(world: World) -> None:
    keys = {b"cab/%05d/training_record_2026-01.csv" % number: len(CONTENT) for number in range(10_000)}
    pages = [dict(list(keys.items())[at : at + 1000]) for at in range(0, 10_000, 1000)]
    _paged(world, pages, "<IsTruncated>true</IsTruncated><NextContinuationToken>{}</NextContinuationToken>")
    first = world.files()
    assert len(world.proxy.lists) == 10
    seen = {file.seen_as: file.change for file in first}
    world.proxy.asked.clear()
    again = world.files()
    assert len(again) == 10_000
    assert not [file for file in again if file.is_new(seen)]
    assert world.proxy.reads == []


def _paged(world: World, pages: list[dict[bytes, int]], more: str) -> None:
    """Each page is asked for by its number, as its token says; the last one ends the list."""
    for number, page in enumerate(pages):
        end = more.format(number + 1) if number + 1 < len(pages) else "<IsTruncated>false</IsTruncated>"
        world.proxy.spoil(f"continuation-token={number}&" if number else "?encoding-type", listing(page, end))


@pytest.mark.parametrize(
    "more", ["<IsTruncated>true</IsTruncated>", "<IsTruncated>true</IsTruncated><NextMarker>{}</NextMarker>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_store_that_goes_on_after_a_key_is_listed_whole(world: World, more: str, encoding: str) -> None:
    first, second = "cab/中 a.csv".encode(encoding), "cab/中 b.csv".encode(encoding)
    world.proxy.spoil(f"marker={quote(first, safe='')}&", listing({second: 1}))
    world.proxy.spoil("list-type", listing({first: 1}, more.format(quote(first).replace("%20", "+"))))
    assert [file.name for file in world.files()] == ["CAB/中 a.csv", "CAB/中 b.csv"]


def test_pages_that_come_twice_count_once(world: World) -> None:
    page, other = {f"cab/{RECORDS}".encode(): len(CONTENT)}, {b"cab/training_record_2026-02.csv": len(CONTENT)}
    world.put(f"cab/{RECORDS}")
    world.put("cab/training_record_2026-02.csv")
    etag = f'"{hashlib.md5(CONTENT).hexdigest()}"'
    for asked, (keys, end) in {
        "?encoding-type": (page, "<IsTruncated>true</IsTruncated><NextContinuationToken>1</NextContinuationToken>"),
        "token=1&": (page, "<IsTruncated>true</IsTruncated><NextContinuationToken>2</NextContinuationToken>"),
        "token=2&": (page | other, ""),
    }.items():
        world.proxy.spoil(asked, listing(keys, end, etag))
    world.pull()
    assert world.names == [NAME, "CAB/training_record_2026-02.csv", BESIDE]
    assert len(world.proxy.reads) == 2


FAULTS: dict[str, tuple[str, Callable[[Answer], Answer], str, bool]] = {
    "refused login": ("list-type", refusal(403, "InvalidAccessKeyId"), "access key", False),
    "no right": ("list-type", refusal(403, "AccessDenied"), "the right to list", False),
    "expired token": ("list-type", refusal(400, "ExpiredToken"), "has expired", False),
    "clock skew": ("list-type", refusal(403, "RequestTimeTooSkewed"), "its clock and this machine's", False),
    "no such bucket": ("list-type", refusal(404, "NoSuchBucket"), "no such bucket", False),
    "busy": ("list-type", refusal(503, "SlowDown"), "it answers 503 SlowDown", True),
    "hostile code": ("list-type", refusal(400, "../张丰"), "it answers 400", False),
    "silent": ("list-type", lambda answer: replace(answer, pause=1.2), "silent for", True),
    "drips": ("list-type", lambda answer: replace(answer, drip=0.02), "less than 1,000 bytes", False),
    "cut": ("list-type", lambda answer: replace(answer, cut_at=300), "the connection broke", True),
    "cut unseen": ("list-type", lambda answer: replace(answer, body=answer.body[:300]), "not that of an object", True),
    "a page for people": ("list-type", lambda _: Answer(200, {}, b"<html><p>log in"), "not that of an object", True),
    "a bomb": ("list-type", lambda _: Answer(200, {}, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "not that", True),
    "too long": ("list-type", lambda _: Answer(200, {}, b" " * (17 << 20)), "longer than any", True),
    "no size": (
        "list-type",
        lambda answer: replace(answer, body=answer.body.replace(b"Size>", b"Sice>")),
        "no object store says",
        True,
    ),
    "lying total": (
        "list-type",
        lambda answer: replace(answer, body=answer.body.replace(b"<KeyCount>1<", b"<KeyCount>2<")),
        "another number of objects",
        True,
    ),
    "breaks off": ("list-type", listing({}, "<IsTruncated>true</IsTruncated>"), "breaks off", True),
    "endless": (
        "list-type",
        listing({b"cab/x.csv": 1}, "<IsTruncated>true</IsTruncated><NextContinuationToken>1</NextContinuationToken>"),
        "does not end",
        False,
    ),
    "longer than listed": (
        RECORDS,
        lambda answer: replace(answer, body=answer.body + b"x"),
        "another length",
        True,
    ),
    "shorter than listed": (RECORDS, lambda answer: replace(answer, body=answer.body[:-9]), "another length", True),
    "cut again and again": (RECORDS, lambda answer: replace(answer, cut_at=0), "the connection broke", True),
    "silent while read": (RECORDS, lambda answer: replace(answer, pause=1.2), "silent for", True),
    "busy while read": (RECORDS, refusal(500, "InternalError"), "it answers 500 InternalError", True),
    "expired while read": (RECORDS, refusal(403, "ExpiredToken"), "has expired", False),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_keeps_nothing_else_waiting_is_told_and_passes(world: World, fault: str) -> None:
    when, spoil, said, is_passing = FAULTS[fault]
    world.put(f"cab/{RECORDS}", LARGE)
    world.proxy.spoil(when, spoil)
    world.pull()
    assert [name for name in world.names if name != "CAB/x.csv"] == [BESIDE]
    state, reason, passes = world.state()
    assert (state, passes) == ("unreachable", is_passing)
    assert said in reason
    assert "张丰" not in reason
    assert RECORDS not in reason
    assert world.state("beside/EMB/*")[0] == "reached"
    world.proxy.behave()
    (delivery,) = world.pull()
    assert world.content(delivery) == LARGE
    assert world.state() == ("reached", "", True)
    assert world.pull() == []


def test_a_server_that_is_not_there_is_told(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    world.connect(endpoint=f"http://127.0.0.1:{port}")
    world.pull()
    assert world.names == [BESIDE]
    assert world.state() == ("unreachable", "no connection: the server refuses it, or its name is not known", True)


def test_a_wrong_secret_and_an_unknown_bucket_are_told_by_the_real_server(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", "not the key")
    right = world.told["connections"]["store"]["secret_key"]
    world.connect(secret_key="${WRONG}")
    world.pull()
    assert world.state()[0::2] == ("unreachable", False)
    assert "secret key" in world.state()[1]
    world.connect(secret_key=right, bucket="elsewhere")
    world.pull()
    assert world.state() == ("unreachable", "there is no such bucket", False)


def test_a_secret_that_is_missing_is_told_by_the_variable_that_lacks(world: World) -> None:
    world.connect(secret_key="${NOT_SET_ANYWHERE}")
    world.pull()
    assert world.names == [BESIDE]
    assert "NOT_SET_ANYWHERE" in world.state()[1]


def test_a_cut_download_goes_on_where_it_was_cut(world: World) -> None:
    world.put(f"cab/{RECORDS}", LARGE)
    world.proxy.spoil(RECORDS, lambda answer: replace(answer, cut_at=100_000), times=3)
    taken = {delivery.name: delivery for delivery in world.pull()}
    assert world.content(taken[NAME]) == LARGE
    starts = [asked.headers.get("range") for asked in world.proxy.reads]
    assert starts == [None, "bytes=100000-", "bytes=200000-", "bytes=300000-"]
    etag = f'"{hashlib.md5(LARGE).hexdigest()}"'
    assert {asked.headers["if-match"] for asked in world.proxy.reads} == {etag}
    assert world.state() == ("reached", "", True)


def test_a_store_that_does_not_go_on_is_begun_anew(world: World) -> None:
    world.put(f"cab/{RECORDS}", LARGE)
    world.proxy.spoil(RECORDS, lambda answer: replace(answer, cut_at=100_000), times=1)
    world.proxy.spoil(RECORDS, lambda _: Answer(200, {}, LARGE), times=1)
    world.proxy.spoil(RECORDS, lambda answer: replace(answer, headers={}), times=3)
    taken = {delivery.name: delivery for delivery in world.pull()}
    assert world.content(taken[NAME]) == LARGE


def test_of_a_cut_list_what_was_shown_is_taken_and_the_rest_later(world: World) -> None:
    world.put(f"cab/{RECORDS}")
    world.put("cab/training_record_2026-02.csv", table(2))
    etag = f'"{hashlib.md5(CONTENT).hexdigest()}"'
    first = {f"cab/{RECORDS}".encode(): len(CONTENT), b"cab/training_record_2026-01.csw": 1}
    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>1</NextContinuationToken>"
    world.proxy.spoil("token=1", lambda answer: replace(answer, cut_at=10))
    world.proxy.spoil("list-type", listing(first, more, etag))
    world.pull()
    assert world.names == [NAME, BESIDE], "what may have a checksum on the next page waits for it"
    assert world.state()[0] == "unreachable"
    world.proxy.behave()
    world.pull()
    assert world.names == ["CAB/training_record_2026-02.csv"]


def test_a_page_in_the_midst_of_a_list_is_asked_for_again(world: World) -> None:
    pages = [{b"cab/a.csv": 1}, {b"cab/b.csv": 1}, {b"cab/c.csv": 1}]
    world.proxy.spoil("token=1&", refusal(503, "SlowDown"), times=1)
    _paged(world, pages, "<IsTruncated>true</IsTruncated><NextContinuationToken>{}</NextContinuationToken>")
    assert [file.name for file in world.files()] == ["CAB/a.csv", "CAB/b.csv", "CAB/c.csv"]
    assert [page_after(asked) for asked in world.proxy.lists] == ["", "1", "1", "2"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.told(etag='"another"'),
        refusal(412, "PreconditionFailed"),
        refusal(404, "NoSuchKey"),
        refusal(416, "InvalidRange"),
    ],
    ids=["another tag", "precondition failed", "gone", "shorter"],
)
def test_an_object_that_changes_while_it_is_read_is_taken_later(
    world: World, spoil: Callable[[Answer], Answer]
) -> None:
    def changed(answer: Answer) -> Answer:
        world.put(f"cab/{RECORDS}", OTHER)
        return spoil(answer)

    world.put(f"cab/{RECORDS}", LARGE)
    world.proxy.spoil(f"/{RECORDS}", lambda answer: replace(answer, cut_at=50_000), times=1)
    world.proxy.spoil(f"/{RECORDS}", changed)
    world.pull()
    assert world.names == [BESIDE]
    assert world.state()[0] == "reached"
    world.proxy.behave()
    (delivery,) = world.pull()
    assert world.content(delivery) == OTHER


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.told(etag='"another"'),
        refusal(404, "NoSuchKey"),
        lambda answer: replace(answer, body=answer.body[:-1], is_chunked=True),
    ],
    ids=["another tag", "gone", "ends early"],
)
def test_an_object_that_never_comes_as_it_is_listed_is_not_waited_for_in_silence(
    world: World, spoil: Callable[[Answer], Answer]
) -> None:
    world.put(f"cab/{RECORDS}", LARGE)
    world.proxy.spoil(f"/{RECORDS}", spoil)
    world.pull()
    assert world.state() == ("unreachable", "it lists an object that it does not give as it lists it", True)
    world.proxy.behave()
    world.pull()
    assert world.names == [NAME]


def test_bytes_beyond_the_listed_length_are_noticed_where_no_length_is_told(world: World) -> None:
    content = LARGE[: 1 << 20]
    world.put(f"cab/{RECORDS}", content)
    world.proxy.spoil(RECORDS, lambda answer: replace(answer, body=answer.body + b"x", is_chunked=True))
    world.pull()
    assert world.names == [BESIDE]
    world.proxy.behave()
    (delivery,) = world.pull()
    assert world.content(delivery) == content


def test_an_object_that_may_not_be_read_is_told_to_its_department(world: World) -> None:
    world.put(f"cab/{RECORDS}")
    world.proxy.spoil(RECORDS, refusal(403, "AccessDenied"))
    told = {delivery.name: delivery for delivery in world.pull()}[NAME]
    assert (told.problem, told.sha256) == (UNOPENED, "")
    assert world.state()[0] == "reached"
    world.proxy.behave()
    (delivery,) = world.pull()
    assert delivery.problem is None


@pytest.mark.parametrize("when", ["list-type", RECORDS])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_request_goes_where_a_server_sends_it(world: World, when: str, status: int) -> None:
    world.put(f"cab/{RECORDS}")
    with proxied(world.proxy.upstream, "127.0.0.2") as elsewhere:
        target = f"http://127.0.0.2:{elsewhere.port}/{world.bucket.name}/"
        world.proxy.spoil(when, lambda _: Answer(status, {"location": target}, b""))
        world.pull()
        assert elsewhere.asked == []
    assert world.names == [BESIDE]
    state, reason, is_passing = world.state()
    assert (state, is_passing) == ("unreachable", False)
    assert "elsewhere" in reason


def test_the_environment_leads_no_request_elsewhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(f"cab/{RECORDS}")
    with proxied(world.proxy.upstream, "127.0.0.2") as elsewhere:
        address = f"http://127.0.0.2:{elsewhere.port}"
        for name in ("HTTP_PROXY", "ALL_PROXY", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
            monkeypatch.setenv(name, address)
            monkeypatch.setenv(name.lower(), address)
        monkeypatch.setenv("AWS_SESSION_TOKEN", "leak")
        world.pull()
        assert elsewhere.asked == []
    assert world.names == [NAME, BESIDE]
    assert "x-amz-security-token" not in {name for asked in world.proxy.asked for name in asked.headers}


def test_secrets_lie_nowhere(world: World) -> None:
    world.put(f"cab/{RECORDS}")
    world.proxy.spoil(RECORDS, refusal(403, "ExpiredToken"))
    world.pull()
    keys = [Path(world.told["connections"]["store"][name]["file"]).read_text() for name in ("access_key", "secret_key")]
    written = [path for path in world.root.path.rglob("*") if path.is_file()]
    assert written
    for key in keys:
        assert not [path for path in written if key.encode() in path.read_bytes()]
        assert key not in repr(connections.connections())


def test_a_session_token_is_read_anew_for_each_request(world: World, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first")
    world.connect(session_token={"file": str(token)})
    world.files()
    token.write_text("second")
    world.files()
    assert [asked.headers["x-amz-security-token"] for asked in world.proxy.lists] == ["first", "second"]


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_strong_tag_what_is_unchanged_is_read_once_a_day(world: World, etag: str) -> None:
    world.put(f"cab/{RECORDS}")
    world.proxy.spoil("list-type", listing({f"cab/{RECORDS}".encode(): len(CONTENT)}, etag=etag))
    world.proxy.spoil(RECORDS, lambda answer: replace(answer, headers={}))
    (file,) = world.files()
    assert not file.is_versioned
    assert "if-match" not in {name for asked in world.proxy.reads for name in asked.headers}
    world.pull()
    assert world.names == [NAME, BESIDE]
    world.pull()
    assert world.names == []


def test_a_store_of_anybody_needs_no_login(world: World) -> None:
    world.connect(access_key=None, secret_key=None)
    world.proxy.spoil("list-type", listing({b"cab/x.csv": 1}))
    assert [file.name for file in world.files()] == ["CAB/x.csv"]
    assert "authorization" not in world.proxy.lists[0].headers


def test_a_bucket_may_be_a_part_of_the_host(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", functools.partial(_on_loopback, socket.getaddrinfo))
    world.connect(endpoint=f"http://s3.example.test:{world.proxy.port}", virtual_hosted=True)
    world.proxy.spoil("list-type", listing({b"cab/x.csv": 3}))
    world.proxy.spoil("x.csv", functools.partial(_sends, b"abc"))
    taken = {delivery.name: delivery for delivery in world.pull()}
    assert world.content(taken["CAB/x.csv"]) == b"abc"
    assert {asked.host for asked in world.proxy.asked} == {f"{world.bucket.name}.s3.example.test:{world.proxy.port}"}
    assert world.proxy.reads[0].target == "/cab/x.csv"
    assert world.proxy.lists[0].target.startswith("/?")


def _on_loopback(resolve: Any, host: Any, *rest: Any, **options: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    return resolve("127.0.0.1" if name.endswith("example.test") else host, *rest, **options)


def test_a_certificate_is_trusted_only_as_it_is_told(world: World, tmp_path: Path) -> None:
    world.put(f"cab/{RECORDS}")
    public, shown = self_signed(tmp_path, "127.0.0.1")
    with proxied(world.proxy.upstream, tls=shown) as secure:
        for ca_file, said in {
            None: "not trusted",
            public: "",
            self_signed(tmp_path, "127.0.0.2")[0]: "not trusted",
        }.items():
            world.connect(endpoint=f"https://127.0.0.1:{secure.port}", ca_file=ca_file and str(ca_file))
            world.pull()
            state, reason, is_passing = world.state()
            assert (state == "reached", is_passing) == (not said, not said)
            assert said in reason
        assert {asked.status for asked in secure.asked} == {200}
    with proxied(world.proxy.upstream, "127.0.0.2", tls=shown) as misnamed:
        world.connect(endpoint=f"https://127.0.0.2:{misnamed.port}", ca_file=str(public))
        world.pull()
        assert "not valid for '127.0.0.2'" in world.state()[1]
        assert misnamed.asked == []
    (tmp_path / "empty.pem").touch()
    world.connect(ca_file=str(tmp_path / "empty.pem"))
    world.pull()
    assert "holds no certificates" in world.state()[1]


def test_what_can_be_seen_is_told_in_one_line(world: World) -> None:
    world.put(f"cab/{RECORDS}")
    known = connections.connections()
    source = next(source for source in known.sources if source.connection == "store")
    with closing(known.connect("store", Ground(world.root.inbox, world.root.work, 0))) as channel:
        assert channel.test(source) == "1 files"
        world.proxy.spoil("list-type", refusal(403, "AccessDenied"))
        with pytest.raises(Unreachable, match="the right to list"):
            channel.test(source)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"endpoint": "store.example.org"}, "http:// or https://"),
        ({"endpoint": "https://key:secret@store.example.org"}, "http:// or https://"),
        ({"endpoint": "https://store.example.org/bucket"}, "must end with the host"),
        ({"bucket": "a/b"}, "name of a bucket"),
        ({"access_key": None}, "go together"),
        ({"access_key": None, "secret_key": None, "session_token": "${T}"}, "goes with"),
        ({"secret_key": "plain"}, "reference"),
        ({"surplus": 1}, "surplus"),
    ],
)
def test_settings_that_do_not_fit_are_refused(world: World, changed: dict[str, object], said: str) -> None:
    world.connect(**changed)
    with pytest.raises(OperatorError, match=said):
        connections.connections()


def test_what_is_infected_is_fetched_once_and_never_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(f"cab/{RECORDS}", delimited([HEADERS, (*ROW[:5], MARK.decode(), "1")]))
    with clamd() as daemon:
        monkeypatch.setenv("SKILLS_SCANNER__HOST", "127.0.0.1")
        monkeypatch.setenv("SKILLS_SCANNER__PORT", str(daemon.port))
        assert {delivery.name: delivery.problem for delivery in world.pull()} == {NAME: INFECTED, BESIDE: None}
        assert not [path for path in world.root.path.rglob("*") if path.is_file() and MARK in path.read_bytes()]
        world.proxy.behave()
        assert world.pull() == []
        assert world.proxy.reads == []
        world.put(f"cab/{RECORDS}")
        (delivery,) = world.pull()
        assert delivery.problem is None


def test_while_the_scanner_is_away_nothing_is_fetched_and_the_next_run_takes_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put(f"cab/{RECORDS}")
    monkeypatch.setenv("SKILLS_SCANNER__SOCKET", str(world.root.path / "no.socket"))
    assert world.pull() == []
    assert world.proxy.reads == []
    monkeypatch.delenv("SKILLS_SCANNER__SOCKET")
    world.pull()
    assert world.names == [NAME, BESIDE]


def test_the_demos_server_shows_what_is_placed_on_it(
    served: tuple[object_storage.Server, Path], tmp_path: Path, world: World
) -> None:
    server, _ = served
    feed = feeds.find("EMB", "certificate")
    sent = tmp_path / "sent.csv"
    sent.write_bytes(CONTENT)
    moment = dt.datetime(2026, 2, 3, tzinfo=dt.UTC)
    place = server.place(feed, [Sent("440305/certificate_2026-01.csv", sent, moment)])
    assert not sent.exists()
    world.told["connections"]["beside"] = server.connection()
    world.told["feeds"] = {"EMB/certificate": {"connection": "beside", **place}}
    world.connect()
    world.pull()
    assert world.names == ["EMB/440305/certificate_2026-01.csv"]


def test_memory_stays_small_whatever_the_size(world: World) -> None:
    """A file of 1 GB, that has no bytes on this disk."""
    path = world.bucket / "cab" / "large.csv"
    path.parent.mkdir()
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    world.connect(endpoint=f"http://127.0.0.1:{world.proxy.upstream}")
    code = """
import re, sys
from pathlib import Path
from ingest import connections, fetched
from ingest.channels import Ground
known = connections.connections()
source = next(source for source in known.sources if source.connection == "store")
(file,) = known.connect("store", Ground(Path("inbox"), Path("work"), 0)).files(source, {})
fetched.fetch(file, Path(sys.argv[1]))
most_kb = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(Path(sys.argv[1]).stat().st_size, int(most_kb) // 1024)
"""
    run = [sys.executable, "-c", code, str(world.root.path / "copy")]
    size, used_mb = map(int, subprocess.run(run, capture_output=True, text=True, check=True).stdout.split())
    assert size == 1 << 30
    assert used_mb < 200
