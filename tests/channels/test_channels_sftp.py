"""SFTP against a server on loopback that does each thing right and wrong: nothing is taken twice or lost."""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import stamina
import yaml
from asyncssh import SFTPName

from ingest import connections, receive
from ingest.channels import CLOSED, UNOPENED, Found, Ground, Unreachable, resuming, sftp_session
from ingest.feed import feeds, find
from ingest.look import Look, Times
from ingest.placing import Places
from tests.channels.sftp_server import PASSWORD, Faults, SftpServer, with_size
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT
from warehouse.vocabulary.submission import Delivery

pytestmark = pytest.mark.channels

FEED = find("CAB", "training_record")
SENT_AT = dt.datetime(2026, 2, 10, 8, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
CONTENT = delimited([HEADERS, ROW])
_OUT: Mapping[str, Any] = {"path": "out"}


def content(number: int) -> bytes:
    return delimited([HEADERS, *[ROW] * (number + 1)])


def name(number: int) -> str:
    return f"training_record_2026-{number:02}.csv"


@dataclass
class House:
    """A root whose feed lies on a server, with another beside it that lies in the inbox."""

    root: Root
    server: SftpServer
    settings: Path

    def put(self, path: str, content: bytes = CONTENT, at: dt.datetime | None = SENT_AT) -> Path:
        file = self.server.folder / "out" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        if at is not None:
            os.utime(file, (at.timestamp(), at.timestamp()))
        return file

    def declare(
        self, feed: str = "CAB/training_record", *, place: dict[str, Any] | None = None, **settings: Any
    ) -> None:
        told = {
            "connections": {"civil": self.server.connection(**settings)},
            "feeds": {feed: {"connection": "civil", "path": "out", **(place or {})}},
        }
        self.settings.write_text(yaml.safe_dump(told), "utf-8")

    def look(self, now: dt.datetime = NOW, quiet_seconds: int = 1) -> list[Delivery]:
        """The new deliveries of one look that nobody waits for."""
        ground = Ground(self.root.inbox, self.root.work, quiet_seconds)
        with closing(
            Look(self.root, connections.connections(), Places(feeds()), ground, Times(now, now.date()))
        ) as looked:
            return receive.receive(self.root, feeds(), now=now, channel=looked)

    def beside(self) -> None:
        """Another feed's file, in the inbox, which is quiet by its `.done`."""
        file = self.root.inbox / "COM" / "training_record_2026-01.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(CONTENT)
        file.with_name(f"{file.name}.done").touch()

    @property
    def taken(self) -> Counter[str]:
        """The names of what was received, of all looks."""
        return Counter(delivery.name for delivery in receive.deliveries(self.root) if delivery.sha256)

    @property
    def ledger(self) -> pull_log.Pull:
        return pull_log.newest(self.root)["civil/CAB/training_record"]

    def stored(self, delivery: Delivery) -> bytes:
        return receive.content_file(self.root, delivery).read_bytes()

    def files(self, bookmark: dict[str, str] | None = None, quiet_seconds: int = 1) -> list[Found]:
        known = connections.connections()
        with closing(known.connect("civil", Ground(self.root.inbox, self.root.work, quiet_seconds))) as channel:
            return list(channel.files(known.of_feed(FEED), bookmark or {}))

    def test(self) -> str:
        known = connections.connections()
        with closing(known.connect("civil", Ground(self.root.inbox, self.root.work, 0))) as channel:
            return channel.test(known.of_feed(FEED))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    settings = tmp_path / "connections.yaml"
    monkeypatch.setenv("SKILLS_CONNECTIONS", str(settings))
    monkeypatch.setenv("SFTP_PASSWORD", PASSWORD)
    monkeypatch.setattr(resuming, "_FIRST_WAIT_SECONDS", 0.01)
    server = SftpServer(tmp_path / "server").start()
    house = House(Root(tmp_path / "root").make(), server, settings)
    (server.folder / "out").mkdir()
    house.declare()
    with stamina.set_testing(True, attempts=3, cap=True):  # as often as ever, without the pauses
        yield house
    server.stop()


def test_files_are_taken_once_and_what_is_unchanged_costs_no_download(house: House) -> None:
    house.put(name(1), content(1))
    house.put(f"2026/{name(2)}", content(2))
    first = house.look()
    assert [(delivery.name, delivery.period, house.stored(delivery)) for delivery in first] == [
        (f"CAB/2026/{name(2)}", "2026-02", content(2)),
        (f"CAB/{name(1)}", "2026-01", content(1)),
    ]
    assert {delivery.modified_at for delivery in first} == {SENT_AT.isoformat(timespec="microseconds")}
    assert (house.ledger.state, house.ledger.new) == ("reached", {"CAB/training_record": 2})
    house.server.asked.clear()
    assert house.look(NOW + dt.timedelta(days=2)) == []
    assert house.server.asked["open"] == 0
    assert house.server.asked["list"] >= 1


def test_the_same_bytes_again_are_a_delivery_and_no_second_submission(house: House) -> None:
    house.put(name(1))
    (first,) = house.look()
    house.put(name(1), at=SENT_AT + dt.timedelta(days=1))
    (second,) = house.look()
    assert first.submission and second.submission
    assert first.submission.submission_id == second.submission.submission_id


def test_districts_are_folders_below_the_place(house: House) -> None:
    house.declare("HRSS/training_record")
    house.put(f"440305/{name(1)}")
    (delivery,) = house.look()
    assert (delivery.unit, delivery.name) == ("HRSS.440305", f"HRSS/440305/{name(1)}")


@pytest.mark.parametrize("passphrase", [None, "a long one"])
def test_a_key_opens(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str | None) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    house.server.authorized_key = key.export_public_key().decode()
    (tmp_path / "key").write_bytes(key.export_private_key("openssh", passphrase))
    monkeypatch.setenv("KEY_PASSPHRASE", passphrase or "none")
    more = {"passphrase": "${KEY_PASSPHRASE}"} if passphrase else {}
    house.declare(password=None, key={"file": "key"}, **more)
    house.put(name(1))
    assert len(house.look()) == 1
    if passphrase:
        monkeypatch.setenv("KEY_PASSPHRASE", "another")
        with pytest.raises(Unreachable, match="check key and passphrase"):
            house.test()


def test_a_refused_login_is_not_tried_again_and_another_source_is_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.put(name(1))
    house.beside()
    monkeypatch.setenv("SFTP_PASSWORD", "a wrong one")
    assert [delivery.department for delivery in house.look()] == ["COM"]
    assert house.server.asked["login"] == 1
    assert (house.ledger.state, house.ledger.is_passing) == ("unreachable", False)
    assert "refuses the login" in house.ledger.reason
    assert "a wrong one" not in house.root.pulls.read_text("utf-8")
    monkeypatch.setenv("SFTP_PASSWORD", PASSWORD)
    assert len(house.look()) == 1
    assert house.ledger.state == "reached"


def test_a_secret_that_is_missing_is_named_and_stops_no_other_source(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.put(name(1))
    house.beside()
    monkeypatch.delenv("SFTP_PASSWORD")
    assert [delivery.department for delivery in house.look()] == ["COM"]
    assert "SFTP_PASSWORD is not set" in house.ledger.reason


def test_without_a_pinned_host_key_nothing_is_sent_and_the_key_to_pin_is_told(house: House) -> None:
    house.declare(host_key=None)
    house.put(name(1))
    house.beside()
    assert [delivery.department for delivery in house.look()] == ["COM"]
    assert house.server.host_key.get_fingerprint() in house.ledger.reason
    assert not house.ledger.is_passing
    assert house.server.asked["login"] == 0


def test_another_host_key_is_refused_before_the_login(house: House) -> None:
    house.put(name(1))
    house.look()
    before = house.server.asked["login"]
    house.server.stop()
    house.server.host_key = asyncssh.generate_private_key("ssh-ed25519")
    house.server.start()
    house.put(name(2))
    assert house.look() == []
    assert "another host key than the pinned one" in house.ledger.reason
    assert house.server.host_key.get_fingerprint() in house.ledger.reason
    assert house.server.asked["login"] == before


@pytest.mark.parametrize("form", ["{fingerprint}", "{public}", "[127.0.0.1]:22 {public} comment"])
def test_forms_of_a_pinned_key(house: House, form: str) -> None:
    key = house.server.host_key
    public = key.export_public_key().decode().strip()
    house.declare(host_key="SHA256:of-an-older-key\n" + form.format(fingerprint=key.get_fingerprint(), public=public))
    assert house.test() == "0 files in 1 folders"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"host_key": "MD5:00:11"}, "host_key must be SHA256"),
        ({"password": None}, "there must be a password or a key"),
        ({"password": "open"}, "the secret itself stands in no file"),
        ({"done": "../elsewhere"}, "done must be the name of one folder"),
        ({"usr": "x"}, "usr is no setting"),
    ],
)
def test_settings_that_cannot_be(house: House, settings: dict[str, Any], said: str) -> None:
    house.declare(**settings)
    with pytest.raises(OperatorError, match=said):
        house.look()


def test_a_server_that_is_away_is_told_and_taken_when_it_is_back(house: House) -> None:
    house.put(name(1))
    house.beside()
    house.server.stop()
    assert [delivery.department for delivery in house.look()] == ["COM"]
    assert (house.ledger.state, house.ledger.is_passing) == ("unreachable", True)
    assert "no connection to 127.0.0.1" in house.ledger.reason
    house.server.start()
    assert len(house.look(NOW + dt.timedelta(minutes=20))) == 1
    assert house.ledger.state == "reached"
    assert house.taken == {"COM/training_record_2026-01.csv": 1, f"CAB/{name(1)}": 1}


def test_a_path_that_is_not_there_is_told(house: House) -> None:
    house.declare(place={"path": "elsewhere"})
    house.look()
    assert (house.ledger.state, house.ledger.is_passing) == ("unreachable", False)
    assert "the path is not there" in house.ledger.reason


def test_a_cut_download_goes_on_where_it_was_cut(house: House, caplog: pytest.LogCaptureFixture) -> None:
    large = CONTENT + b"," * 3_000_000
    house.put(name(1), large)
    house.server.faults.cut_reads_at = [1_000_000, 2_000_000]
    (delivery,) = house.look()
    assert house.stored(delivery) == large
    assert house.server.asked["connect"] == 3
    assert house.server.read_from.count(0) == 1
    assert house.ledger.state == "reached"
    gc.collect()
    assert not [entry for entry in caplog.records if entry.name == "asyncio"]


def test_a_download_that_is_always_cut_is_taken_when_it_can_be(house: House) -> None:
    house.put(name(1))
    house.beside()
    house.server.faults.cuts_every_read = True
    assert [delivery.department for delivery in house.look()] == ["COM"]
    assert (house.ledger.state, house.ledger.is_passing) == ("unreachable", True)
    house.server.faults = Faults()
    assert len(house.look(NOW + dt.timedelta(minutes=20))) == 1
    assert house.taken[f"CAB/{name(1)}"] == 1
    assert house.ledger.state == "reached"


def test_of_a_cut_list_nothing_is_taken_so_that_what_came_last_stands(house: House) -> None:
    house.put(name(1), content(2))
    house.put(f"later/{name(1)}", content(1), SENT_AT - dt.timedelta(days=1))
    house.server.faults.cut_lists_of = {b"later"}
    assert house.look() == []
    assert house.ledger.state == "unreachable"
    house.server.faults = Faults()
    taken = house.look(NOW + dt.timedelta(minutes=20))
    assert [delivery.name for delivery in taken] == [f"CAB/later/{name(1)}", f"CAB/{name(1)}"]
    assert set(house.taken.values()) == {1}


def test_a_file_that_changes_while_it_is_read_is_taken_as_it_is_later(house: House) -> None:
    path = house.put(name(1), CONTENT + b"," * 3_000_000)
    new = delimited([HEADERS, ROW, ROW])

    def write() -> None:
        if house.server.read_from[-1] > 1_000_000:
            path.write_bytes(new)
            os.utime(path, (SENT_AT.timestamp() + 60,) * 2)

    house.server.faults.between_reads = write
    assert house.look() == []
    assert house.ledger.state == "reached"
    house.server.faults = Faults()
    (delivery,) = house.look()
    assert house.stored(delivery) == new
    assert sum(house.taken.values()) == 1


@pytest.mark.parametrize("change", [-3, 100])
def test_a_file_of_another_length_than_listed_is_not_taken(house: House, change: int) -> None:
    house.put(name(1))
    house.server.faults.shown = lambda names: with_size(names, change)
    assert house.look() == []
    assert house.ledger.state == "reached"
    house.server.faults = Faults()
    (delivery,) = house.look()
    assert house.stored(delivery) == CONTENT


def test_a_server_that_tells_no_times_is_listed_twice_and_its_files_are_read_once_a_day(house: House) -> None:
    house.put(name(1), at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    (file,) = house.files()
    assert house.server.asked["list"] == 2
    assert not file.is_versioned


def test_a_name_that_is_listed_twice_is_one_file(house: House) -> None:
    house.put(name(1))
    house.server.faults.shown = lambda names: names * 3
    assert len(house.look()) == 1
    assert house.look() == []


@pytest.mark.parametrize("days", [0, -400, 2])
def test_a_file_that_grows_is_not_taken_whatever_the_servers_clock_says(house: House, days: int) -> None:
    """The server stamps with its clock, which is so many days from ours."""
    server_now = clock.now() + dt.timedelta(days=days)
    path = house.put(name(1), CONTENT[:20], server_now)
    folder = house.server.folder / "out"
    os.utime(folder, (server_now.timestamp(),) * 2)
    stop = threading.Event()

    def grow() -> None:
        while not stop.wait(0.3):
            with path.open("ab") as file:
                file.write(b"1")
            os.utime(path, (server_now.timestamp(),) * 2)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        assert house.look() == []
    finally:
        stop.set()
        writer.join()
    assert house.ledger.state == "reached"
    path.write_bytes(CONTENT)
    os.utime(path, (server_now.timestamp(),) * 2)
    (delivery,) = house.look()
    assert house.stored(delivery) == CONTENT


def test_a_fresh_file_is_waited_for_once_and_then_known_to_be_quiet(house: House) -> None:
    house.put(name(1), at=clock.now())
    known = connections.connections()
    source = known.of_feed(FEED)
    with closing(known.connect("civil", Ground(house.root.inbox, house.root.work, 1))) as channel:
        assert len(list(channel.files(source, {}))) == 1
        lists = house.server.asked["list"]
        time.sleep(1.1)
        assert len(list(channel.files(source, channel.bookmark(source)))) == 1
    assert lists == 2
    assert house.server.asked["list"] == 3


def test_a_done_beside_a_file_says_that_it_is_whole(house: House) -> None:
    house.put(name(1), at=clock.now())
    house.put(f"{name(1)}.done", b"", at=None)
    assert len(house.look(quiet_seconds=3600)) == 1
    assert house.server.asked["list"] == 1


def test_a_done_of_an_older_file_says_nothing(house: House) -> None:
    house.put(f"{name(1)}.done", b"", at=SENT_AT)
    house.put(name(1), at=SENT_AT + dt.timedelta(hours=1))
    os.utime(house.server.folder / "out", (SENT_AT.timestamp() + 3600,) * 2)
    house.look()
    assert house.server.asked["list"] == 2


@pytest.mark.parametrize(("digest", "problem"), [(True, False), (False, True)])
def test_a_checksum_beside_a_file_is_compared(house: House, digest: bool, problem: bool) -> None:
    house.put(name(1))
    house.put(f"{name(1)}.sha256", (_sha256(CONTENT) if digest else "0" * 64).encode() + b"  x\n")
    house.look()
    receive.receive_unrecognised(house.root, now=NOW)
    (delivery,) = receive.deliveries(house.root)
    assert (delivery.problem is not None) == problem
    assert bool(delivery.sha256) != problem


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("ending", [".part", ".tmp", ".filepart", ".crdownload"])
def test_names_of_what_is_on_its_way_are_passed_over(house: House, ending: str) -> None:
    house.put(name(1) + ending)
    house.put(f".{name(2)}.aB3xYz")
    house.put(f"~${name(3)}")
    assert house.look() == []
    (house.server.folder / "out" / f"{name(1)}{ending}").rename(house.server.folder / "out" / name(1))
    assert len(house.look()) == 1


def test_links_and_closed_folders_are_named_and_not_followed(house: House, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_bytes(CONTENT)
    (house.server.folder / "out" / name(1)).symlink_to(house.put(f"elsewhere/{name(9)}"))
    (house.server.folder / "out" / "away").symlink_to(house.server.folder / "out" / "elsewhere")
    shown = {file.name: file.problem for file in house.files()}
    assert shown == {f"CAB/{name(1)}": UNOPENED, "CAB/away": UNOPENED, f"CAB/elsewhere/{name(9)}": None}


def test_what_the_user_may_not_read_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.put(name(1))
    house.put(f"shut/{name(2)}")
    monkeypatch.setattr(asyncssh.SFTPServer, "open", _refuse)
    monkeypatch.setattr(house.server.faults, "shown", _shut)
    house.look()
    receive.receive_unrecognised(house.root, now=NOW)
    problems = {delivery.name: delivery.problem for delivery in receive.deliveries(house.root)}
    assert problems == {f"CAB/{name(1)}": UNOPENED, "CAB/shut": CLOSED}


def _refuse(*_: object) -> object:
    raise asyncssh.SFTPPermissionDenied("no")


def _shut(names: list[SFTPName]) -> list[SFTPName]:
    if name(2).encode() in {shown.filename for shown in names}:
        raise asyncssh.SFTPPermissionDenied("no")
    return names


@pytest.mark.parametrize(
    "raw",
    [
        b"../../etc/passwd",
        b"/etc/passwd",
        b"",
        b"line\nbreak training_record 2026-01.csv",
        b"\xff\xfe training_record 2026-01.csv",
        "培训人次实名制明细_2026年1月.csv".encode("gb18030"),
        b"training_record 2026-01 " + b"x" * 300 + b".csv",
        b"\x00training_record 2026-01.csv",
    ],
)
def test_hostile_names_are_only_names(house: House, raw: bytes) -> None:
    house.put(name(1))
    house.server.faults.shown = lambda names: [*names, SFTPName(raw, attrs=_attrs(names))]
    assert [delivery.name for delivery in house.look() if delivery.sha256] == [f"CAB/{name(1)}"]
    receive.receive_unrecognised(house.root, now=NOW)
    assert not any(".." in path.parts for path in house.root.path.rglob("*"))
    assert house.taken == {f"CAB/{name(1)}": 1}
    assert house.server.asked["open"] <= 3


def _attrs(names: list[SFTPName]) -> asyncssh.SFTPAttrs:
    return next(shown.attrs for shown in names if shown.filename == name(1).encode())


def test_a_server_that_never_ends_is_left(house: House) -> None:
    house.put(f"deeper/{name(1)}")
    house.server.faults.shown = lambda names: [shown for shown in names if shown.filename != b"x"]
    deep = house.server.folder / "out" / "/".join(["x"] * 25)
    deep.mkdir(parents=True)
    house.server.faults = Faults()
    house.look()
    assert (house.ledger.state, house.ledger.is_passing) == ("unreachable", False)
    assert "folders in each other" in house.ledger.reason


def test_a_server_that_gave_out_is_not_asked_for_its_other_files(house: House) -> None:
    for number in range(1, 13):
        house.put(name(number), content(number))
        house.put(f"again/{name(number)}", content(20 + number))
    house.server.faults.cuts_every_read = True
    assert house.look() == []
    assert house.server.asked["open"] < 12 * 3 * resuming.TRIES + 12
    house.server.faults = Faults()
    assert len(house.look(NOW + dt.timedelta(minutes=20))) == 24


def test_a_silent_server_is_left_and_a_slow_one_is_not(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sftp_session, "SILENT_SECONDS", 0.4)
    house.put(name(1), CONTENT + b"," * 300_000)
    house.beside()
    house.server.faults.read_seconds = 3600
    assert [delivery.department for delivery in house.look()] == ["COM"]
    assert "did not answer" in house.ledger.reason
    house.server.faults.read_seconds = 0.2
    assert len(house.look(NOW + dt.timedelta(minutes=20))) == 1
    assert house.ledger.state == "reached"


def test_what_was_taken_is_moved_and_keeps_its_names(house: House) -> None:
    house.declare("HRSS/training_record", done="done")
    out = house.server.folder / "out"
    house.put(f"440305/{name(1)}", content(1))
    house.put(f"440305/{name(1)}.sha256", _sha256(content(1)).encode())
    house.put(name(2), content(2))
    house.put("note.txt", b"no table")
    assert len(house.look()) == 2
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()) == [
        f"done/440305/{name(1)}",
        f"done/440305/{name(1)}.sha256",
        f"done/{name(2)}",
        "note.txt",
    ]
    assert house.look(NOW + dt.timedelta(days=2)) == []
    house.put(name(2), content(3), SENT_AT + dt.timedelta(days=3))
    assert len(house.look(NOW + dt.timedelta(days=4))) == 1
    assert (out / "done" / name(2)).read_bytes() == content(2)
    assert (out / "done" / f"{name(2).removesuffix('.csv')}~2.csv").read_bytes() == content(3)


def test_a_file_that_cannot_be_moved_is_taken_once_and_moved_when_it_can_be(house: House) -> None:
    house.declare(done="done")
    house.put(name(1))
    house.server.faults.refuses_moves = True
    assert len(house.look()) == 1
    assert house.look() == []
    house.server.faults = Faults()
    assert house.look(NOW + dt.timedelta(days=2)) == []
    assert (house.server.folder / "out" / "done" / name(1)).is_file()
    assert house.taken == {f"CAB/{name(1)}": 1}


def test_a_file_that_changed_after_it_was_read_is_not_moved_away(house: House) -> None:
    house.declare(done="done")
    path = house.put(name(1))
    known = connections.connections()
    source = known.of_feed(FEED)
    with closing(known.connect("civil", Ground(house.root.inbox, house.root.work, 0))) as channel:
        (file,) = channel.files(source, {})
        path.write_bytes(content(3))
        with pytest.raises(Unreachable):
            channel.taken(source, file)
    assert path.read_bytes() == content(3)


def test_a_folder_in_which_nothing_came_is_listed_once_a_day(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for month in (1, 2):
        file = house.put(f"2026-{month:02}/{name(month)}", content(month))
        os.utime(file.parent, (SENT_AT.timestamp(),) * 2)
    assert len(house.look()) == 2

    def lists() -> int:
        house.server.asked.clear()
        house.look()
        return house.server.asked["list"]

    assert lists() == 1
    house.put(f"2026-02/{name(3)}", content(3))
    assert lists() == 2
    assert house.taken[f"CAB/2026-02/{name(3)}"] == 1
    moment = clock.now() + dt.timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    house.put(f"2026-01/{name(1)}", content(5), SENT_AT + dt.timedelta(hours=1))
    assert lists() == 3
    assert house.taken[f"CAB/2026-01/{name(1)}"] == 2


def test_a_damaged_bookmark_hides_nothing(house: House) -> None:
    house.put(f"2026-01/{name(1)}")
    assert len(house.files({"x": "1 2", "y": "a b c d", "z": ""})) == 1


def test_what_is_older_than_wanted_and_other_names_are_not_shown(house: House) -> None:
    house.declare(place={"since_days": 30, "pattern": "*.csv"})
    house.put(name(1), at=SENT_AT)
    house.put(name(2), at=clock.now() - dt.timedelta(days=3))
    house.put("readme.txt", at=clock.now() - dt.timedelta(days=3))
    assert [file.name for file in house.files()] == [f"CAB/{name(2)}"]


def test_ten_thousand_files_are_listed_by_one_list_and_none_is_opened(house: House) -> None:
    for number in range(10_000):
        house.put(f"{number}.csv", b"")
    assert len(house.files()) == 10_000
    assert house.server.asked["list"] == 1
    assert house.server.asked["open"] == 0


def test_a_connection_says_what_can_be_seen(house: House) -> None:
    house.put(name(1))
    house.put(f"2026/{name(2)}")
    assert house.test() == "2 files in 2 folders, the newest of 2026-02-10T08:00 UTC"


def test_memory_stays_small_whatever_the_size(house: House) -> None:
    """A file of 1 GB, that has no bytes on this disk."""
    path = house.put("large.csv", b"")
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    os.utime(path, (SENT_AT.timestamp(),) * 2)
    code = """
import re
from pathlib import Path
from ingest import connections
from ingest.channels import Ground
known = connections.connections()
source = next(source for source in known.sources if source.connection == "civil")
(file,) = known.connect("civil", Ground(Path("inbox"), Path("work"), 0)).files(source, {})
size = 0
with file.open() as stream:
    while piece := stream.read(1 << 20):
        size += len(piece)
most_kb = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(size, int(most_kb) // 1024)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    size, used_mb = map(int, run.stdout.split())
    assert size == 1 << 30
    assert used_mb < 200
