"""What a run sees of what has arrived: by hand it waits, unattended it does not, a demo's is of its own day."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import dagster as dg
import pytest

from ingest.channels import whole_files
from ingest.limits import limits
from orchestration.defs.resources import RunResource
from orchestration.pipeline import arrival, deciding
from orchestration.pipeline import run as steps
from pages import site_map
from tests.ingest.files import HEADERS, ROW, delimited
from warehouse.store import demo_mark, keys
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Delivery

NAME = "CAB/training_record_2025-12.csv"
ARRIVAL = dt.datetime(2026, 1, 9, 2, 30, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    root = Root(tmp_path / "data").make()
    keys.make_key(root)
    path = root.inbox / NAME
    path.parent.mkdir()
    path.write_bytes(delimited([HEADERS, ROW]))
    os.utime(path, (ARRIVAL.timestamp(), ARRIVAL.timestamp()))
    return root


def pulled(root: Root, as_of: str = "2026-11-20") -> list[Delivery]:
    """By a run by hand."""
    run = steps.Run(root, dt.date.fromisoformat(as_of), dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
    try:
        return deciding.pull(run)
    finally:
        run.close()


def test_a_run_by_hand_waits_for_what_came_a_moment_ago(root: Root) -> None:
    begun = time.monotonic()
    assert [delivery.name for delivery in pulled(root)] == [NAME]
    assert time.monotonic() - begun >= limits().quiet_seconds_by_hand - 0.5


def test_a_run_of_dagsters_leaves_it_for_the_next(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("it waited"))
    resource = RunResource(path=str(root.path), as_of="2026-11-20")
    with resource.yield_for_execution(dg.build_init_resource_context()) as run:
        assert deciding.pull(run) == []
    monkeypatch.setattr(whole_files, "server_time", lambda folder: time.time() + limits().quiet_seconds)
    with resource.yield_for_execution(dg.build_init_resource_context()) as run:
        assert [delivery.name for delivery in deciding.pull(run)] == [NAME]


def test_a_run_of_a_demo_is_of_its_as_of_day(root: Root) -> None:
    demo_mark.mark(root, {NAME: ARRIVAL})
    assert pulled(root, "2026-01-08") == []
    (delivery,) = pulled(root, "2026-01-09")
    assert dt.datetime.fromisoformat(delivery.received_at) == ARRIVAL


def test_pages_that_gather_reports_wait_where_another_file_comes(root: Root) -> None:
    """The report of what was decided does not; and they are written once nothing comes."""
    status = root.reports / site_map.STATUS

    def take(*, comes_more: bool) -> arrival.Taken:
        run = steps.Run(root, dt.date(2026, 11, 20), dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
        return arrival.take(run, lambda: comes_more)

    first = take(comes_more=True)
    assert (first.decisions, first.is_put_off, status.exists()) == (1, True, False)
    assert [path for path in root.reports.glob("CAB/*.html") if "training_record" in path.name]
    second = take(comes_more=False)
    assert (second.decisions, second.is_put_off, status.exists()) == (0, False, True)
