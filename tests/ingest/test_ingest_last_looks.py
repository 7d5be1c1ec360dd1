"""A file that was written over is seen, whatever size and modified time say: at once by its change time, by its content
within a day where the channel shows none."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from pathlib import Path

import pytest

from ingest import feed as feeds
from ingest import receive
from ingest.channels import whole_files
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Delivery

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CONTENT = delimited([HEADERS, ROW])
OTHER = CONTENT.replace(CONTENT[-9:-8], b"0") if CONTENT[-9:-8] != b"0" else CONTENT.replace(b"0", b"1")
NAME = "CAB/training_record_2026-01.csv"
FEEDS = [feed for feed in feeds.feeds() if feed.department == "CAB"]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """Where everything is quiet."""
    monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + 3600)
    return Root(tmp_path).make()


@pytest.fixture
def without_change_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel that shows of a file its name, size and modified time only."""
    monkeypatch.setattr(whole_files, "_change", lambda status: "")


def put(root: Root, content: bytes, name: str = NAME) -> None:
    """Always as long as before, and dated as before."""
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1_770_000_000, 1_770_000_000))


def pull(root: Root, now: dt.datetime = NOW) -> list[Delivery]:
    return receive.receive(root, FEEDS, now=now)


def names(root: Root, now: dt.datetime = NOW, **options: int) -> list[str]:
    return [identity[1] for identity in receive.pending(root, now=now, **options)]


def test_an_overwrite_is_seen_at_once_by_its_change_time(root: Root) -> None:
    assert len(CONTENT) == len(OTHER)
    put(root, CONTENT)
    (first,) = pull(root)
    time.sleep(0.02)
    put(root, OTHER)
    assert names(root) == [NAME]
    (second,) = pull(root)
    assert second.seen_as == first.seen_as
    assert second.sha256 != first.sha256
    assert names(root) == pull(root) == []


@pytest.mark.usefixtures("without_change_times")
def test_an_overwrite_that_no_time_tells_of_is_seen_by_content_within_a_day(root: Root) -> None:
    put(root, CONTENT)
    assert len(pull(root)) == 1
    put(root, OTHER)
    later = NOW + DAY - dt.timedelta(minutes=1)
    assert names(root, later) == pull(root, later) == []
    assert names(root, NOW + DAY) == [NAME]
    assert len(pull(root, NOW + DAY)) == 1
    assert names(root, NOW + DAY) == pull(root, NOW + DAY) == []


def test_the_first_bytes_written_over_the_second_are_a_delivery_again(root: Root) -> None:
    """The same bytes in a new delivery make their submission current again."""
    for content in (CONTENT, OTHER, CONTENT):
        put(root, content)
        assert len(pull(root)) == 1
        time.sleep(0.02)
    first, second, third = receive.deliveries(root)
    assert first.submission == third.submission != second.submission


def test_a_touched_file_is_read_and_is_nothing_new(root: Root) -> None:
    put(root, CONTENT)
    pull(root)
    (root.inbox / NAME).chmod(0o640)
    before = root.looks.read_bytes()
    assert names(root) == []
    assert root.looks.read_bytes() != before, "the look is remembered, so that the next reads nothing"
    assert pull(root) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[[1]]", b"{}", b'{"a": 1}', b'{"a": ["b", "c"]}', b'{"a": [1, 2]}'])
def test_a_lost_list_costs_one_reading(root: Root, damage: bytes) -> None:
    put(root, CONTENT)
    pull(root)
    root.looks.write_bytes(damage)
    assert pull(root) == names(root) == []
    assert len(json.loads(root.looks.read_bytes())) == 1


def test_one_look_reads_no_more_again_than_its_share_and_the_next_goes_on(root: Root) -> None:
    big = CONTENT + b"\n" * 700_000
    for number in range(3):
        put(root, big + b"\n" * number, f"CAB/training_record_2026-01_{number}.csv")
    assert len(pull(root)) == 3
    read = []
    for _ in range(4):
        assert names(root, NOW + DAY, recheck_mb=1) == []
        read.append(sum(read_at > "2026-03-02" for _, read_at, _ in json.loads(root.looks.read_bytes()).values()))
    assert read == [1, 2, 3, 3]


def test_files_that_left_are_forgotten(root: Root) -> None:
    put(root, CONTENT)
    put(root, CONTENT + b"\n", "CAB/training_record_2025-12.csv")
    pull(root)
    (root.inbox / NAME).unlink()
    pull(root, NOW + 2 * DAY)
    assert len(json.loads(root.looks.read_bytes())) == 1


def test_names_with_identifiers_are_not_written_where_they_may_not_lie(root: Root) -> None:
    put(root, CONTENT, "CAB/training_record_2026-01_11010519491231002X.csv")
    pull(root)
    assert b"11010519491231002X" not in root.looks.read_bytes()


def test_a_file_that_was_shut_after_it_came_is_nothing_new(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, CONTENT)
    pull(root)

    opened = os.open

    def refused(path: Path, *how: int) -> int:
        if root.inbox in path.parents:
            raise PermissionError(13, "Permission denied")
        return opened(path, *how)

    monkeypatch.setattr(os, "open", refused)
    assert pull(root, NOW + DAY) == names(root, NOW + DAY) == []
