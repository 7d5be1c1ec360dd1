"""The hook at the door: what the scanner refuses is not kept, and what it does not judge is not let in and not lost."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest import feed as feeds
from ingest import receive, scanner
from ingest.channels import whole_files
from ingest.scanner import INFECTED
from orchestration.pipeline import deciding, run_log
from orchestration.pipeline.run import Run
from tests.ingest.clamd import MARK, Clamd, clamd
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store.data_root import Root

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NAME, OTHER = "CAB/training_record_2026-01.csv", "CAB/training_record_2026-02.csv"
CLEAN = delimited([HEADERS, ROW])
BAD = delimited([HEADERS, (*ROW[:5], MARK.decode(), "1")])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """A root on a server whose clock has gone on for an hour whenever somebody looks: all that lies there is quiet."""
    monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + 3600)
    return Root(tmp_path).make()


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clamd]:
    with clamd() as served:
        monkeypatch.setenv("SKILLS_SCANNER__HOST", "127.0.0.1")
        monkeypatch.setenv("SKILLS_SCANNER__PORT", str(served.port))
        yield served


def put(root: Root, name: str, content: bytes) -> None:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = dt.datetime(2026, 2, 10, 8, tzinfo=dt.UTC).timestamp()
    os.utime(path, (moment, moment))


def pull(root: Root, now: dt.datetime = NOW) -> tuple[dict[str, str | None], list[str]]:
    """Problems by name, and what the look notes."""
    with closing(receive.look(root, now=now)) as look:
        taken = receive.receive(root, feeds.feeds(), now=now, channel=look)
        taken += receive.receive_unrecognised(root, now=now, channel=look)
        return {delivery.name: delivery.problem for delivery in taken}, look.notes


def kept(root: Root) -> list[bytes]:
    """All content in the root but the inbox's and the logs'."""
    files = (path for path in root.path.rglob("*") if path.is_file() and root.inbox not in path.parents)
    return [path.read_bytes() for path in files]


def test_what_passes_is_taken_as_without_a_scanner(root: Root, daemon: Clamd) -> None:
    put(root, NAME, CLEAN)
    put(root, "CAB/报送.csv", b"")
    assert pull(root)[0][NAME] is None
    assert daemon.scanned == [CLEAN], "the very bytes; where there are none nothing is asked"
    assert pull(root) == ({}, [])
    assert daemon.scanned == [CLEAN], "what is known is not scanned again"


def test_what_is_infected_is_a_delivery_and_its_bytes_lie_nowhere(root: Root, daemon: Clamd) -> None:
    put(root, NAME, BAD)
    put(root, OTHER, CLEAN)
    told, notes = pull(root)
    assert told == {NAME: INFECTED, OTHER: None}
    assert notes == ["The scanner refuses a file of CAB on drop_folder: Some.Test-1."]
    assert not [content for content in kept(root) if MARK in content]
    (delivery,) = [delivery for delivery in receive.deliveries(root) if delivery.name == NAME]
    assert (delivery.submission, delivery.sha256, delivery.dataset) == (None, "", "training_record")
    assert receive.parts(root).keys() == {f"CAB-training_record-2026-02-{sha(root, OTHER)}"}


def sha(root: Root, name: str) -> str:
    return next(delivery.sha256[:12] for delivery in receive.deliveries(root) if delivery.name == name)


def test_what_is_infected_is_asked_about_again_when_it_changes(root: Root, daemon: Clamd) -> None:
    put(root, NAME, BAD)
    pull(root)
    assert pull(root) == ({}, [])
    assert receive.pending(root, now=NOW) == []
    assert len(daemon.scanned) == 1
    put(root, NAME, BAD + b"\n")
    assert pull(root)[0] == {NAME: INFECTED}
    put(root, NAME, BAD.replace(MARK, b"1"))
    assert [identity[1] for identity in receive.pending(root, now=NOW)] == [NAME]
    assert pull(root)[0] == {NAME: None}
    assert [delivery.problem for delivery in receive.deliveries(root)] == [INFECTED, INFECTED, None]


def test_signatures_that_came_later_may_let_a_file_pass_the_day_after(root: Root, daemon: Clamd) -> None:
    put(root, NAME, BAD)
    pull(root)
    daemon.verdict = b"stream: OK\0"
    assert pull(root)[0] == {}
    assert pull(root, NOW + dt.timedelta(days=1))[0] == {NAME: None}


def test_while_the_scanner_is_away_nothing_is_taken_and_nothing_lost(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, NAME, CLEAN)
    put(root, "CAB/扫描件.txt", b"x")
    monkeypatch.setenv("SKILLS_SCANNER__SOCKET", str(root.path / "no.socket"))
    told, notes = pull(root)
    assert told == {}
    assert set(notes) == {
        f"The scanner at {root.path / 'no.socket'} cannot be reached (No such file or directory): start clamd, or "
        "empty scanner. What was not taken lies where it came, and the next run takes it."
    }
    assert receive.deliveries(root) == []
    assert len(receive.pending(root, now=NOW)) == 2
    monkeypatch.delenv("SKILLS_SCANNER__SOCKET")
    assert set(pull(root)[0]) == {NAME, "CAB/扫描件.txt"}


@pytest.mark.parametrize(
    ("fault", "said", "taken"),
    [
        ({"verdict": b"Can't allocate memory ERROR\0"}, "no verdict on a file (Can't allocate memory ERROR)", set()),
        ({"verdict": b"nonsense \x1b[31m\0"}, "no verdict on a file (nonsense ?[31m)", set()),
        ({"verdict": b""}, "no verdict on a file (it hung up)", set()),
        ({"hangs_up_after": 10}, "no verdict on a file (it hung up)", set()),
        (
            {"hangs_up_after": 10_000, "last_words": b"INSTREAM size limit exceeded. ERROR\0"},
            "set StreamMaxLength of clamd above 200 MB",
            {OTHER},
        ),
        ({"is_silent": True}, "was silent for 0 s", set()),
        ({"greeting": b"HTTP/1.1 400\0"}, "is no clamd", set()),
        ({"greeting": b""}, "is no clamd", set()),
    ],
    ids=["error", "nonsense", "no verdict", "cut", "size limit", "silent", "another service", "hangs up"],
)
def test_what_has_no_verdict_is_left_for_the_next_run(
    root: Root,
    daemon: Clamd,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, object],
    said: str,
    taken: set[str],
) -> None:
    monkeypatch.setattr(scanner, "VERDICT_SECONDS", 0.3)
    for name, value in fault.items():
        setattr(daemon, name, value)
    put(root, NAME, delimited([HEADERS, *[ROW] * 100_000]))
    put(root, OTHER, CLEAN)
    told, notes = pull(root)
    assert set(told) == taken
    assert said in notes[0]
    assert notes[0].endswith("the next run takes it.")
    daemon.behave()
    assert set(pull(root)[0]) == {NAME, OTHER} - taken
    assert pull(root) == ({}, [])


def test_a_run_ends_well_and_says_so(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, NAME, CLEAN)
    monkeypatch.setenv("SKILLS_SCANNER__HOST", "127.0.0.1")
    monkeypatch.setenv("SKILLS_SCANNER__PORT", "9")
    run = Run(root, NOW.date(), NOW, is_attended=False)
    with closing(run):
        assert deciding.pull(run) == []
        assert deciding.pull_unrecognised(run) == []
        (note,) = run.notes
    assert "127.0.0.1:9 cannot be reached" in note
    logged = [json.loads(line) for line in run_log.file(root).read_text("utf-8").splitlines()]
    assert [line["reason"] for line in logged if line["event"] == "left_at_the_door"] == [note]
