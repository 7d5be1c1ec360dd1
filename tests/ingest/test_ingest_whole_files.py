"""A file is taken when it is whole and not before, whoever writes it, however slowly."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import feed as feeds
from ingest import receive
from ingest.channels import whole_files
from ingest.limits import limits
from ingest.look import Look
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.submission import Delivery

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
CONTENT = delimited([HEADERS, ROW])
NAME = "CAB/training_record_2026-01.csv"
FEEDS = [feed for feed in feeds.feeds() if feed.department == "CAB"]
SLOW = """
import sys, time
path, pause, lines = sys.argv[1], float(sys.argv[2]), sys.stdin.buffer.read().splitlines(keepends=True)
with open(path, "wb") as file:
    for line in lines:
        file.write(line)
        file.flush()
        time.sleep(pause)
"""


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path).make()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the server's clock stands an hour later."""
    return lambda: monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + 3600)


def put(root: Root, name: str = NAME, content: bytes = CONTENT) -> Path:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def pull(root: Root, channel: Look | None = None) -> list[Delivery]:
    return receive.receive(root, FEEDS, now=NOW, channel=channel)


def slow_writer(path: Path, content: bytes, pause: float) -> subprocess.Popen[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = subprocess.Popen([sys.executable, "-c", SLOW, str(path), str(pause)], stdin=subprocess.PIPE)
    assert writer.stdin
    writer.stdin.write(content)
    writer.stdin.close()
    return writer


def test_a_slowly_written_file_is_taken_once_and_whole(root: Root, later: Callable[[], None]) -> None:
    """Every prefix of it is a valid CSV. Runs pull without pause while a process writes it, then after it."""
    content = CONTENT + b"".join(delimited([ROW]) for _ in range(30))
    writer = slow_writer(root.inbox / NAME, content, 0.1)
    looks = 0
    while writer.poll() is None:
        assert pull(root) == []
        looks += (root.inbox / NAME).exists()
    assert writer.returncode == 0
    assert looks > 5
    assert pull(root) == [], "a moment after the last line nobody knows that it was the last"
    later()
    (delivery,) = pull(root)
    assert delivery.sha256 == hashlib.sha256(content).hexdigest()
    assert receive.content_file(root, delivery).read_bytes() == content
    assert pull(root) == []


def test_a_run_by_hand_waits_once_and_takes_what_is_still(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty files that came a moment ago cost one wait of two seconds, and the slow one beside them is left."""
    for number in range(20):
        put(root, f"CAB/training_record_2026-01_{number:02}.csv", CONTENT + b"\n" * number)
    slow = root.inbox / "CAB/training_record_2025-12.csv"
    writer = slow_writer(slow, CONTENT + b"\n" * 80, 0.1)
    waits: list[float] = []
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: (waits.append(seconds), sleep(seconds)))
    while not slow.exists():
        sleep(0.05)
    taken = pull(root, receive.look(root, waits=True))
    assert len(taken) == 20
    assert "CAB/training_record_2025-12.csv" not in {delivery.name for delivery in taken}
    assert len(waits) == 1
    assert waits[0] <= limits().quiet_seconds_by_hand == 2
    writer.kill()
    writer.wait()


def test_what_has_long_been_quiet_costs_no_wait(
    root: Root, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root)
    later()
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"waited {seconds} s"))
    assert len(pull(root, receive.look(root, waits=True))) == 1


def test_a_senders_clock_makes_nothing_quiet(root: Root) -> None:
    """The modified time is the sender's to set, the change time is not."""
    path = put(root)
    os.utime(path, (0, 0))
    assert pull(root) == []


def test_the_clock_is_that_of_the_folders_server(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
    assert pull(root) == [], "our clock is years ahead of the server's: that ages no file"


@pytest.mark.parametrize("end", [".part", ".PART", ".filepart", ".tmp"])
def test_a_name_that_says_unfinished_is_never_taken(root: Root, later: Callable[[], None], end: str) -> None:
    part = put(root, NAME + end, CONTENT[:-20])
    later()
    assert pull(root) == []
    assert receive.pending(root) == []
    part.write_bytes(CONTENT)
    part.rename(root.inbox / NAME)
    (delivery,) = pull(root)
    assert delivery.sha256 == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("end", [".done", ".DONE"])
def test_a_done_beside_it_tells_that_a_file_is_whole(root: Root, end: str) -> None:
    put(root)
    put(root, NAME + end, b"")
    (delivery,) = pull(root)
    assert delivery.name == NAME
    assert receive.receive_unrecognised(root, now=NOW) == [], "what stands beside a file is no delivery"


def test_a_done_for_what_lay_there_before_tells_nothing(root: Root) -> None:
    put(root)
    put(root, NAME + ".done", b"")
    assert len(pull(root)) == 1
    time.sleep(0.05)
    put(root, content=CONTENT + b"half a li")
    assert pull(root) == []


@pytest.mark.parametrize(
    "written",
    ["{}", "{}\n", "{}  training_record_2026-01.csv\n", "{} *training_record_2026-01.csv\r\n", "\ufeff{}", "\\{}  x\n"],
)
def test_a_checksum_beside_it_tells_that_a_file_is_whole(root: Root, written: str) -> None:
    put(root)
    put(root, NAME + ".sha256", written.format(hashlib.sha256(CONTENT).hexdigest().upper()).encode())
    assert [delivery.problem for delivery in pull(root)] == [None]
    assert receive.receive_unrecognised(root, now=NOW) == []


@pytest.mark.parametrize("digest", [b"", b"no checksum", b"0" * 64])
def test_another_checksum_waits_and_then_is_told_until_it_fits(
    root: Root, later: Callable[[], None], digest: bytes
) -> None:
    put(root, content=CONTENT[:-9])
    put(root, NAME + ".sha256", digest)
    assert pull(root) == [], "the rest may be on its way"
    later()
    (told,) = pull(root)
    assert (told.problem, told.submission, told.sha256) == (receive.OTHER_CHECKSUM, None, "")
    assert pull(root) == []
    assert receive.pending(root) == []
    put(root, NAME + ".sha256", hashlib.sha256(CONTENT[:-9]).hexdigest().encode())
    assert [identity[1] for identity in receive.pending(root)] == [NAME]
    (delivery,) = pull(root)
    assert delivery.submission
    assert receive.deliveries(root) == [delivery]


def test_a_checksum_that_came_first_starts_no_run_before_its_file_is_there(root: Root) -> None:
    put(root, NAME + ".sha256", hashlib.sha256(CONTENT).hexdigest().encode())
    for content, names in ((CONTENT[:-9], []), (CONTENT, [NAME])):
        put(root, content=content)
        assert [identity[1] for identity in receive.pending(root)] == names
        assert [delivery.name for delivery in pull(root)] == names


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(delimited([ROW]))


def overwrite(path: Path) -> None:
    """In place, as long as before and dated as before."""
    status = path.stat()
    path.write_bytes(CONTENT.swapcase())
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def exchange(path: Path) -> None:
    """Another file under the name, as long and dated as the first."""
    other = path.with_name("other.part")
    other.write_bytes(CONTENT.swapcase())
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.rename(path)


def link(path: Path) -> None:
    secret = path.with_name("secret.part")
    secret.write_bytes(CONTENT)
    path.unlink()
    path.symlink_to(secret)


def cut(path: Path) -> None:
    path.write_bytes(CONTENT[:-9])


@pytest.mark.parametrize("change", [append, overwrite, exchange, link, cut])
def test_what_changes_after_the_look_waits_for_another(
    root: Root, later: Callable[[], None], change: Callable[[Path], None]
) -> None:
    later()
    path = put(root)
    channel = receive.look(root)
    assert len(list(channel.unseen({}))) == 1
    time.sleep(0.02)
    change(path)
    assert [delivery.problem for delivery in pull(root, channel)] in ([], [receive.UNOPENED])
    assert not list(root.received.rglob("content")), "no byte of it is kept"


def test_what_changes_while_it_is_copied_waits_for_another_look(
    root: Root, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer overwrites in place what was already copied; size and modified time end as they were."""
    later()
    path = put(root)
    judged = receive._pieces

    def disturbed(file: object) -> object:
        for piece in judged(file):  # type: ignore[arg-type]
            overwrite(path)
            yield piece

    monkeypatch.setattr(receive, "_pieces", disturbed)
    assert pull(root) == []
    monkeypatch.undo()
    later()
    (delivery,) = pull(root)
    assert delivery.sha256 == hashlib.sha256(CONTENT.swapcase()).hexdigest()


@pytest.mark.parametrize("modified", [-(2**40), -1, 2**33, 2**39])
def test_any_number_may_stand_as_modified_time(root: Root, later: Callable[[], None], modified: int) -> None:
    path = put(root)
    os.utime(path, (modified, modified))
    later()
    (delivery,) = pull(root)
    assert 1950 <= dt.datetime.fromisoformat(delivery.modified_at).year <= 2150
