"""The hook at the door against a real clamd, with signatures of our own: it judges as its protocol is spoken here."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import feed as feeds
from ingest import receive, scanner
from ingest.channels import whole_files
from ingest.scanner import INFECTED
from tests.channels.programs import CLAMD
from tests.ingest.files import HEADERS, ROW, delimited, xlsx
from warehouse.store.data_root import Root
from warehouse.store.settings import Scanner, settings

pytestmark = [pytest.mark.channels, pytest.mark.clamd]
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MARK = "SKILLS-WAREHOUSE-TEST-SIGNATURE"
SIGNATURE = "Skills.Test"
STREAM_MB = 3
CLEAN = delimited([HEADERS, ROW])
START_SECONDS = 30


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanner]:
    """By its socket and by its port."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "own.ndb").write_text(f"{SIGNATURE}:0:*:{MARK.encode().hex()}\n", "ascii")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    path = folder / "clamd.conf"
    path.write_text(
        f"DatabaseDirectory {folder}/db\nLocalSocket {folder}/socket\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"Foreground yes\nUser {getpass.getuser()}\nStreamMaxLength {STREAM_MB}M\nTemporaryDirectory {folder}\n",
        "ascii",
    )
    with (folder / "log").open("wb") as log, subprocess.Popen([CLAMD, "-c", path], stdout=log, stderr=log) as process:
        told = Scanner(folder / "socket", "127.0.0.1", port)
        ends = time.monotonic() + START_SECONDS
        while scanner.complaint(told) and process.poll() is None and time.monotonic() < ends:
            time.sleep(0.05)
        assert scanner.complaint(told) is None, (folder / "log").read_text("utf-8")
        yield told
        process.terminate()


@pytest.fixture(params=["socket", "port"])
def root(
    request: pytest.FixtureRequest, daemon: Scanner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Root]:
    monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + 3600)
    if request.param == "socket":
        monkeypatch.setenv("SKILLS_SCANNER__SOCKET", str(daemon.socket))
    else:
        monkeypatch.setenv("SKILLS_SCANNER__HOST", daemon.host)
        monkeypatch.setenv("SKILLS_SCANNER__PORT", str(daemon.port))
    assert scanner.complaint(settings().scanner) is None
    return Root(tmp_path).make()


def put(root: Root, name: str, content: bytes) -> None:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))


def pull(root: Root) -> tuple[dict[str, str | None], list[str]]:
    look = receive.look(root, now=NOW)
    taken = receive.receive(root, feeds.feeds(), now=NOW, channel=look)
    look.close()
    return {delivery.name: delivery.problem for delivery in taken}, look.notes


def test_a_signature_is_seen_and_what_has_none_passes(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv", CLEAN)
    put(root, "CAB/training_record_2026-02.csv", delimited([HEADERS, (*ROW[:6], MARK)]))
    put(root, "CAB/training_record_2026-03.xlsx", xlsx([HEADERS, (*ROW[:6], MARK)]))
    put(root, "CAB/training_record_2026-04.csv", delimited([HEADERS, *[ROW] * 30_000]))
    told, notes = pull(root)
    assert told == {
        "CAB/training_record_2026-01.csv": None,
        "CAB/training_record_2026-02.csv": INFECTED,
        "CAB/training_record_2026-03.xlsx": INFECTED,
        "CAB/training_record_2026-04.csv": None,
    }
    assert {note.rpartition(": ")[2] for note in notes} == {f"{SIGNATURE}.UNOFFICIAL."}
    assert pull(root) == ({}, [])


def test_what_is_longer_than_it_takes_is_left_and_the_cure_is_told(root: Root) -> None:
    put(root, "CAB/training_record_2026-01.csv", delimited([HEADERS, *[ROW] * 90_000]))
    put(root, "CAB/training_record_2026-02.csv", CLEAN)
    told, (note,) = pull(root)
    assert told == {"CAB/training_record_2026-02.csv": None}
    assert "set StreamMaxLength of clamd above 200 MB" in note
