"""Old runs of Dagster go with their events; what an asset shows as its last stays, and pruning is a job that is
scheduled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.defs import instance, run_pruning
from tests.warehouse import pg_server
from warehouse.store import log
from warehouse.store.data_root import Root
from warehouse.store.settings import Settings
from warehouse.vocabulary import clock


@dg.asset
def shown() -> None: ...


@dg.op
def nothing() -> None: ...


@dg.job
def idle() -> None:
    nothing()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Root]:
    root = Root(tmp_path / "data").make()
    monkeypatch.setenv("SKILLS_HOME", str(root.path))
    monkeypatch.setenv("DAGSTER_HOME", str(instance.home(root)))
    yield root


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def history(request: pytest.FixtureRequest, root: Root, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where Dagster keeps its history."""
    if request.param == "SQLite":
        yield request.param
        return
    with pg_server.server() as running:
        monkeypatch.setenv("HISTORY_OF_TESTS", pg_server.database(running))
        monkeypatch.setenv("SKILLS_DAGSTER_STORAGE", "${HISTORY_OF_TESTS}")
        instance.home(root)
        yield request.param


def test_runs_go_by_age_and_what_assets_show_stays(root: Root, history: str) -> None:
    with dg.DagsterInstance.get() as shared:
        assert type(shared.run_storage).__name__ == (
            "SqliteRunStorage" if history == "SQLite" else "PostgresRunStorage"
        )
        old = [idle.execute_in_process(instance=shared).run_id for _ in range(2)]
        first, last = (dg.materialize([shown], instance=shared).run_id for _ in range(2))
        now = clock.now()
        assert run_pruning.prune_instance(shared, root, Settings(), now) == []
        later = now + dt.timedelta(days=91)
        (planned,) = run_pruning.planned(root, Settings(), later)
        assert planned.reason == "3 runs that ended more than 90 days ago"
        (removal,) = run_pruning.prune_instance(shared, root, Settings(), later)
        assert (removal.size > 0) is (history == "SQLite")  # a server keeps its room for what comes
        assert {run.run_id for run in shared.get_runs()} == {last}
        assert shared.get_latest_materialization_event(dg.AssetKey("shown")) is not None
        assert all(not shared.all_logs(run_id) for run_id in [*old, first])
    told = log.read(root.publications)[-1]
    assert (told.kind, told.subject, told.facts["reason"]) == ("pruned", "dagster/runs", planned.reason)


def test_a_root_without_runs_has_nothing_to_delete(tmp_path: Path) -> None:
    assert run_pruning.prune(Root(tmp_path / "new").make(), Settings(), clock.now()) == []


def test_pruning_is_a_job_on_the_schedule_of_the_settings(root: Root) -> None:
    repository = defs().get_repository_def()
    schedule = repository.get_schedule_def("prune_daily")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 2 * * *", "Asia/Shanghai")
    (root.work / "rebuild").mkdir()
    (root.work / "rebuild" / "left").write_bytes(b"x" * 100)
    with dg.DagsterInstance.get() as shared:
        assert repository.get_job(schedule.job_name).execute_in_process(instance=shared).success
    assert not (root.work / "rebuild").exists()


def test_ticks_are_forgotten_by_the_same_age(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLS_RETENTION__DAGSTER_DAYS", "30")
    instance.home(root)
    with dg.DagsterInstance.get() as shared:
        assert shared.get_settings("retention")["schedule"] == {"purge_after_days": 30}
