"""Odd times of senders are told and decide nothing."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest import feed as feeds
from ingest import receive, sender_time
from ingest.channels import whole_files
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import register
from warehouse.store.data_root import Root

RECEIVED = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("modified", "said"),
    [
        ("2026-03-01T11:59:00+00:00", None),
        ("2026-03-01T12:09:00+00:00", None),
        ("2026-03-01T12:11:00+00:00", "晚于收到的时间"),
        ("2031-05-06T00:00:00+00:00", "（2031-05-06 08:00）晚于收到的时间"),
        ("2025-03-01T00:00:00+00:00", None),
        ("2025-02-28T00:00:00+00:00", "早于 2025-03-01"),
        ("1980-01-01T00:00:00+00:00", "（1980-01-01 08:00）早于"),
    ],
)
def test_what_is_told_of_a_time(modified: str, said: str | None) -> None:
    told = sender_time.remark(dt.datetime.fromisoformat(modified), RECEIVED)
    assert (told is None) if said is None else (told is not None and said in told and "市局收到的时间为准" in told)


def test_before_reporting_began_is_old_even_within_a_year() -> None:
    received = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    told = sender_time.remark(dt.datetime(2024, 12, 30, tzinfo=dt.UTC), received)
    assert told is not None
    assert "早于 2025-01-01" in told


@pytest.mark.parametrize("modified", [dt.datetime(2019, 1, 1, tzinfo=dt.UTC), dt.datetime(2099, 1, 1, tzinfo=dt.UTC)])
def test_the_register_judges_by_our_clock_and_keeps_the_senders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modified: dt.datetime
) -> None:
    monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + 3600)
    root = Root(tmp_path).make()
    path = root.inbox / "CAB" / "training_record_2026-01.csv"
    path.parent.mkdir()
    path.write_bytes(delimited([HEADERS, ROW]))
    os.utime(path, (modified.timestamp(), modified.timestamp()))
    (delivery,) = receive.receive(root, feeds.feeds(), now=RECEIVED)
    register.write(root, register.Register([delivery], [], [], {}, dt.date(2026, 3, 1), "r", "f"))
    [row] = pq.read_table(root.register / "delivery.parquet").to_pylist()
    assert row["received_at"] == RECEIVED.replace(tzinfo=None)
    assert row["sender_modified_at"] == modified.replace(tzinfo=None)
    assert "市局收到的时间" in row["remark"]
