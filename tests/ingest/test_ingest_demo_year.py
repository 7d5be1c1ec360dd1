"""The demo's files come when they would have come, in a marked root and nowhere else."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from ingest import feed as feeds
from ingest import receive
from ingest.channels import whole_files
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import demo_mark
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Delivery

NOW = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
EARLY = dt.datetime(2026, 1, 9, 2, 30, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 2, 9, 16, tzinfo=dt.UTC)
"""In Shenzhen the 10th has begun."""
ARRIVALS = {"CAB/training_record_2025-12.csv": EARLY, "CAB/training_record_2026-01.csv": MIDNIGHT}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + 3600)
    root = Root(tmp_path).make()
    for number, (name, moment) in enumerate(ARRIVALS.items()):
        put(root, name, delimited([HEADERS, ROW]) + b"\n" * number, moment)
    return root


def put(root: Root, name: str, content: bytes, moment: dt.datetime) -> None:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def pull(root: Root, as_of: str) -> list[Delivery]:
    channel = receive.look(root, as_of=dt.date.fromisoformat(as_of))
    return receive.receive(root, feeds.feeds(), now=NOW, channel=channel)


def test_a_marked_root_lives_through_its_year(root: Root) -> None:
    demo_mark.mark(root, ARRIVALS)
    assert pull(root, "2026-01-08") == []
    (first,) = pull(root, "2026-02-09")
    assert (first.received_at, first.remark) == (clock.utc_text(EARLY), None)
    assert pull(root, "2026-02-09") == []
    (second,) = pull(root, "2026-02-10")
    assert second.received_at == clock.utc_text(MIDNIGHT)


def test_a_late_day_shows_all_in_the_order_of_arrival(root: Root) -> None:
    demo_mark.mark(root, ARRIVALS)
    assert [delivery.received_at for delivery in pull(root, "2026-11-20")] == list(
        map(clock.utc_text, ARRIVALS.values())
    )


def test_what_has_not_come_yet_is_not_pending(root: Root) -> None:
    demo_mark.mark(root, ARRIVALS)
    for day, count in (("2026-01-08", 0), ("2026-01-09", 1), ("2026-02-10", 2)):
        channel = receive.look(root, as_of=dt.date.fromisoformat(day))
        assert len(receive.pending(root, channel=channel, now=NOW)) == count


def test_no_moment_is_honoured_in_a_root_without_the_mark(root: Root) -> None:
    """However the files are dated, and whatever day the run is of."""
    assert {delivery.received_at for delivery in pull(root, "2026-01-08")} == {clock.utc_text(NOW)}


def test_other_files_of_a_marked_root_come_when_they_come(root: Root) -> None:
    """A new one dated as the demo's, and one of the demo's that somebody changed."""
    demo_mark.mark(root, ARRIVALS)
    put(root, "CAB/training_class_2026-01.csv", b"x", EARLY)
    put(root, "CAB/training_record_2025-12.csv", delimited([HEADERS, ROW, ROW]), EARLY + dt.timedelta(seconds=1))
    assert {delivery.name: delivery.received_at for delivery in pull(root, "2026-01-08")} == dict.fromkeys(
        ("CAB/training_class_2026-01.csv", "CAB/training_record_2025-12.csv"), clock.utc_text(NOW)
    )


def test_a_root_with_real_deliveries_is_never_marked(root: Root) -> None:
    pull(root, "2026-11-20")
    with pytest.raises(OperatorError, match="no demo"):
        demo_mark.mark(root, ARRIVALS)
    assert not demo_mark.is_demo(root)


def test_a_marked_root_may_be_made_again(root: Root) -> None:
    demo_mark.mark(root, ARRIVALS)
    pull(root, "2026-11-20")
    demo_mark.mark(root, {})
    assert demo_mark.is_demo(root)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"arrivals": {"a": "soon"}}', '{"arrivals": 3}'])
def test_a_damaged_mark_is_one_sentence(root: Root, content: str) -> None:
    root.demo_mark.write_text(content, "utf-8")
    with pytest.raises(OperatorError, match="damaged"):
        receive.look(root)
