"""Two rhythms: what is decided while a build lasts is told at once and counts from the next."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.pool import Pool
from orchestration.pipeline import build_record, deciding, history, judgement
from orchestration.pipeline import run as steps
from tests.ingest.files import HEADERS, ROW, delimited
from tests.orchestration import stored
from warehouse.store import snapshot
from warehouse.store.data_root import Root


@pytest.fixture
def root(laid: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """With `laid`'s files decided; nothing is built in these tests, so that dbt is not started."""
    copy = Root(tmp_path / "data")
    shutil.copytree(laid.path, copy.path, symlinks=True)
    monkeypatch.setattr(steps.Run, "get_dbt_ready", lambda run: None)
    return copy


def send(root: Root, name: str) -> None:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(delimited([HEADERS, ROW]))
    moment = stored.NOW.timestamp()
    os.utime(path, (moment, moment))
    path.with_name(f"{path.name}.done").touch()


def submissions(folder: Path) -> set[str]:
    return set(pq.read_table(folder / "submission.parquet")["submission_id"].to_pylist())


def test_what_is_decided_while_a_build_lasts_is_told_at_once_and_counts_from_the_next(
    root: Root, readers: Pool
) -> None:
    building = stored.prepared(root, readers)
    building.open()
    steps.judge(building)
    basis, stood = steps.basis(building), [status.decision.submission_id for status in building.statuses]
    pinned = {path: path.read_bytes() for path in snapshot.pinned_files(root, stored.DATASET)}

    send(root, "EDU/training_record_2026-01.csv")
    beside = stored.prepared(root, readers)
    beside.open()
    deciding.pull(beside)
    [decision] = deciding.decide(beside, stored.DATASET, deciding.to_decide(beside, stored.DATASET))
    steps.tell(beside, beside.as_of)
    beside.close()

    assert decision.submission_id in submissions(root.told)
    assert decision.submission_id not in submissions(root.register)
    asked_anew = history.statuses(building.root, building.as_of)
    assert [status.decision.submission_id for status in asked_anew] == stood
    assert steps.basis(building) == basis
    assert {path: path.read_bytes() for path in snapshot.pinned_files(root, stored.DATASET)} == pinned
    building.close()

    later = stored.prepared(root, readers)
    later.open()
    steps.judge(later)
    assert submissions(root.register) == submissions(root.told)
    record = build_record.read(root)
    assert record is not None and record.basis != basis
    later.close()


def test_frozen_logs_do_not_outlast_the_build(root: Root, readers: Pool) -> None:
    """They name files, in which somebody may have written a person."""
    building = stored.prepared(root, readers)
    building.open()
    steps.judge(building)
    frozen = building.root.logs
    assert frozen != root.received and (frozen / root.deliveries.name).is_file()
    building.close()
    assert not frozen.exists()


def test_a_killed_build_leaves_nothing_that_a_later_one_reads(root: Root, readers: Pool) -> None:
    first = stored.prepared(root, readers)
    first.open()
    steps.judge(first)
    first.locks.let_go()  # as the locks of a killed process are
    send(root, "EDU/training_record_2026-01.csv")
    stored.take(root, readers)
    second = stored.prepared(root, readers)
    second.open()
    steps.judge(second)
    assert len(submissions(root.register)) == len(second.statuses) == 4
    second.close()


def test_what_was_just_judged_is_told_without_being_asked_again(
    root: Root, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another job of the same command. It is what would be worked out; on another day that is."""
    run = stored.prepared(root, readers)
    run.open()
    beside = run.copy()
    beside.__dict__["key"] = run.key
    steps.judge(beside)
    monkeypatch.setattr(judgement, "has_told", lambda root: False)
    steps.tell(run, run.as_of)
    worked_out = {path.name: pq.read_table(path) for path in root.told.glob("*.parquet")}
    shutil.rmtree(root.told)
    monkeypatch.undo()
    monkeypatch.setattr(judgement, "tell", lambda *of: pytest.fail("it was asked again"))
    steps.tell(run, run.as_of)
    assert {path.name: pq.read_table(path) for path in root.told.glob("*.parquet")} == worked_out
    with pytest.raises(pytest.fail.Exception):
        steps.tell(run, run.as_of + dt.timedelta(days=1))
    beside.close()
