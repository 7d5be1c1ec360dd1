"""The Dagster definitions: one asset per feed, lineage whole from received to report, nothing that phones home."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
import yaml
from sqlalchemy import NullPool, create_engine, text

from ingest import feed as feeds
from orchestration import definitions
from orchestration.defs import cadence, instance, intake, resources
from orchestration.defs import dbt as defs_dbt
from orchestration.pipeline import dbt
from warehouse.store import keys
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock, contract, reference


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return definitions.defs().resolve_asset_graph()


def ancestors(graph: dg.AssetGraph, key: dg.AssetKey) -> set[dg.AssetKey]:
    above: set[dg.AssetKey] = set()
    waiting = {key}
    while waiting:
        asset = waiting.pop()
        new = set(graph.get(asset).parent_keys) - above
        above |= new
        waiting |= new
    return above


def test_one_received_asset_per_feed(graph: dg.AssetGraph) -> None:
    keys = {tuple(key.path) for key in graph.get_all_asset_keys() if key.path[0] == "received"}
    assert keys == {("received", feed.dataset, feed.department) for feed in feeds.feeds()} | {
        ("received", "unrecognised")
    }


def test_a_feed_shows_the_folder_that_serves_it(graph: dg.AssetGraph) -> None:
    for feed in feeds.feeds():
        node = graph.get(intake.received(feed))
        assert node.metadata["folder"] == f"inbox/{feed.department}/"
        assert node.tags["channel"] == "drop_folder"


def test_lineage_is_whole_from_received_to_report(graph: dg.AssetGraph) -> None:
    behind = ancestors(graph, dg.AssetKey(["report", "bureau"]))
    paths = {tuple(key.path) for key in behind}
    assert {("received", feed.dataset, feed.department) for feed in feeds.feeds()} <= paths
    assert {("accepted", name) for name in contract.names()} <= paths
    assert ("staging", "stg_training_record") in paths
    assert ("marts", "fct_participation") in paths
    assert ("publication",) in paths


def test_what_is_decided_is_reported_before_anything_is_built_from_it() -> None:
    repository = definitions.defs().get_repository_def()
    selected = repository.get_job("intake").asset_layer.selected_asset_keys
    groups = {key.path[0] for key in selected}
    assert groups == {"received", "intake", "report"}
    build = {key.path[0] for key in repository.get_job("build").asset_layer.selected_asset_keys}
    assert build == {"register", "build", "publication"}


def test_a_report_follows_what_its_department_sent(graph: dg.AssetGraph) -> None:
    for feed in feeds.feeds():
        assert (
            dg.AssetKey(["accepted", feed.dataset]) in graph.get(dg.AssetKey(["report", feed.department])).parent_keys
        )


def test_models_are_the_assets_that_dagster_dbt_would_make_of_them() -> None:
    # 2 s, in every worker that collects this file
    from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, build_dbt_asset_specs

    settings = DagsterDbtTranslatorSettings(enable_asset_checks=False, enable_duplicate_source_asset_keys=True)
    theirs = build_dbt_asset_specs(manifest=dbt.manifest(), dagster_dbt_translator=DagsterDbtTranslator(settings))

    def facts(spec: dg.AssetSpec) -> tuple[object, ...]:
        schema = spec.metadata.get("dagster/column_schema", dg.TableSchema([]))
        columns = {column.name for column in schema.columns}
        above = {dep.asset_key for dep in spec.deps}
        return spec.key, above, spec.group_name, list(spec.owners), spec.kinds, columns

    assert {spec.key.path[-1]: facts(spec) for spec in theirs} == {
        name: facts(spec) for name, spec in defs_dbt.MODELS.items()
    }


def test_every_model_is_told_of_by_the_build_alone(graph: dg.AssetGraph) -> None:
    models = [node for node in graph.asset_nodes if node.key.path[0] in ("staging", "intermediate", "marts")]
    assert {node.key.path[-1] for node in models} == set(defs_dbt.MODELS)
    assert not any(node.is_materializable for node in models)
    assert graph.get(defs_dbt.BUILD).is_materializable
    assert defs_dbt.BUILD in graph.get(dg.AssetKey("publication")).parent_keys


def test_every_department_has_a_report(graph: dg.AssetGraph) -> None:
    keys = {key.path[-1] for key in graph.get_all_asset_keys() if key.path[0] == "report"}
    assert keys == {*reference.codes("department"), "bureau", "rules", "status"}


def test_every_asset_has_owners_kinds_a_group_and_a_description(graph: dg.AssetGraph) -> None:
    for node in graph.asset_nodes:
        assert node.owners, node.key
        assert node.kinds, node.key
        assert node.group_name != "default", node.key
        assert node.description, node.key


def test_reference_tables_are_assets(graph: dg.AssetGraph) -> None:
    keys = {key.path[-1] for key in graph.get_all_asset_keys() if key.path[0] == "reference"}
    assert keys == set(reference.names())


@pytest.mark.parametrize("feed", feeds.feeds(), ids=lambda feed: f"{feed.department}-{feed.dataset}")
def test_a_feed_is_tagged_and_judged_by_its_own_cadence(graph: dg.AssetGraph, feed: feeds.Feed) -> None:
    node = graph.get(intake.received(feed))
    tags = {"department": feed.department, "dataset": feed.dataset, "cadence": feed.cadence}
    assert tags.items() <= node.tags.items()
    assert node.tags["channel"] == "drop_folder"
    assert re.fullmatch(r"all|[0-9]+(-[0-9]+)?([.][0-9]+(-[0-9]+)?)*", node.tags["clauses"])
    assert node.freshness_policy == cadence.freshness(feed)


@pytest.mark.parametrize("feed", feeds.feeds(), ids=lambda feed: f"{feed.department}-{feed.dataset}")
def test_the_deadline_is_the_day_after_the_nominal_due_day(feed: feeds.Feed) -> None:
    """Workdays only ever move a due day back, by at most the ten days of a long holiday."""
    minute, hour, day, months, _ = cadence.cron_after_due(feed, hour=6).split()
    assert (minute, hour) == ("0", "6")
    due = feed.due_date(feed.first)
    deadline = due + dt.timedelta(days=1)
    nominal = deadline.replace(day=int(day))
    assert dt.timedelta(0) <= deadline - nominal <= dt.timedelta(days=10)
    assert months == "*" or str(nominal.month) in months.split(",")


def test_jobs_schedules_and_sensors() -> None:
    repository = definitions.defs().get_repository_def()
    names = {job.name for job in repository.get_all_jobs()}
    assert {"intake", "build", "collect", "report", "pull_again", "audit"} <= names
    assert {"collect_half_yearly", "collect_yearly"} <= names
    schedules = {schedule.name: schedule for schedule in repository.schedule_defs}
    assert set(schedules) == {"monthly", "half_yearly", "yearly", "audit_monthly", "prune_daily", "reminders"}
    assert {schedule.execution_timezone for schedule in schedules.values()} == {"Asia/Shanghai"}
    assert schedules["monthly"].cron_schedule == ["0 6 11 * *"]
    assert {"arrival", "report_after_success", "report_after_failure", "watch"} == {
        sensor.name for sensor in repository.sensor_defs
    }


# Ticks of a machine in UTC: half past midnight in Shenzhen on a day after due days, on New Year's Day, and a leap day.
TICKS = {
    "2026-03-10T16:30:00+00:00": "2026-03-11",
    "2025-12-31T16:30:00+00:00": "2026-01-01",
    "2026-03-11T06:00:00+08:00": "2026-03-11",
    "2028-02-28T22:00:00+00:00": "2028-02-29",
}


@pytest.mark.parametrize(("tick", "day"), TICKS.items())
@pytest.mark.parametrize("name", ["monthly", "half_yearly", "yearly", "audit_monthly"])
def test_a_scheduled_run_is_of_its_ticks_own_day(name: str, tick: str, day: str) -> None:
    repository = definitions.defs().get_repository_def()
    moment = dt.datetime.fromisoformat(tick)
    with dg.build_schedule_context(scheduled_execution_time=moment) as context:
        [request] = repository.get_schedule_def(name).evaluate_tick(context).run_requests
    assert request.run_config == {"resources": {"run": {"config": {"as_of": day}}}}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
def test_a_run_by_hand_is_of_shenzhens_day(zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The resource gives the run the clock's day, and the config's where one is set."""
    monkeypatch.setenv("TZ", zone)
    moment = dt.datetime(2025, 12, 31, 16, 30, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: clock.in_zone(moment))
    keys.make_key(Root(tmp_path / "data").make())
    for config, day in (("", dt.date(2026, 1, 1)), ("2026-03-11", dt.date(2026, 3, 11))):
        resource = resources.RunResource(path=str(tmp_path / "data"), as_of=config)
        with resource.yield_for_execution(dg.build_init_resource_context()) as run:
            assert (run.as_of, run.now) == (day, moment)


def test_telemetry_is_off(tmp_path: Path) -> None:
    home = instance.home(Root(tmp_path / "data"))
    assert yaml.safe_load((home / "dagster.yaml").read_text("utf-8"))["telemetry"] == {"enabled": False}


def test_databases_kept_open_keep_their_log_between_connections(tmp_path: Path) -> None:
    root = Root(tmp_path / "data")
    database = instance.home(root) / "event_log.db"
    log = database.with_name("event_log.db-wal")

    def written() -> bool:
        """Whether the log stands after a connection wrote and closed, as Dagster's do."""
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("create table if not exists once (at text)")
            connection.execute("insert into once values ('now')")
        return log.exists()

    assert not written()
    with instance.kept_open(root):
        assert written()
    assert not log.exists()


def test_no_event_waits_for_the_disk_while_a_run_lasts(tmp_path: Path) -> None:
    root = Root(tmp_path / "data")
    engine = create_engine(f"sqlite:///{instance.home(root) / 'event_log.db'}", poolclass=NullPool)

    def waits() -> int:
        with engine.connect() as connection:
            return int(connection.execute(text("pragma synchronous")).scalar_one())

    assert waits() == 2  # always
    with instance.kept_open(root):
        assert waits() == 1  # only where the log is written back
    assert waits() == 2


def test_retries_after_a_crash_are_on_and_failed_steps_are_the_sensors(tmp_path: Path) -> None:
    home = instance.home(Root(tmp_path / "data"))
    assert yaml.safe_load((home / "dagster.yaml").read_text("utf-8"))["run_retries"] == {
        "enabled": True,
        "max_retries": 2,
        "retry_on_asset_or_op_failure": False,
    }


def test_the_settings_are_those_that_dagster_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(instance.home(Root(tmp_path / "data"))))
    with dg.DagsterInstance.get() as shared:
        assert shared.run_retries_enabled
        assert shared.run_retries_max_retries == 2


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("event_log.db", lambda content: b""),
        ("event_log.db", lambda content: b"not a database" + content[14:]),
        ("event_log.db", lambda content: content[:4096] + bytes(len(content) - 4096)),
        ("history/runs.db", cut),
        ("schedules/schedules.db", cut),
    ],
    ids=["empty", "header", "zeroed", "runs", "schedules"],
)
def test_a_damaged_database_is_set_aside_and_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, harm: Callable[[bytes], bytes]
) -> None:
    root = Root(tmp_path / "data")
    monkeypatch.setenv("DAGSTER_HOME", str(instance.home(root)))
    with dg.DagsterInstance.get() as shared:
        shared.get_run_records()
        shared.all_instigator_state()
    database = root.dagster / name
    assert instance.set_damaged_aside(root) is None
    database.write_bytes(harm(database.read_bytes()))
    aside = instance.set_damaged_aside(root)
    assert aside is not None and (aside / name).is_file() and not root.dagster.exists()
    instance.home(root)
    with dg.DagsterInstance.get() as shared:
        assert shared.get_run_records() == []
    assert instance.set_damaged_aside(root) is None
