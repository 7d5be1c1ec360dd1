"""The Dagster definitions: one asset per feed, lineage whole from received to report, nothing that phones home."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
import yaml

from ingest import feed
from orchestration import definitions
from orchestration.defs import instance
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference


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
    assert keys == {("received", declared.dataset, declared.department) for declared in feed.feeds()} | {
        ("received", "unrecognised")
    }


def test_lineage_is_whole_from_received_to_report(graph: dg.AssetGraph) -> None:
    behind = ancestors(graph, dg.AssetKey(["report", "bureau"]))
    paths = {tuple(key.path) for key in behind}
    assert {("received", declared.dataset, declared.department) for declared in feed.feeds()} <= paths
    assert {("accepted", name) for name in contract.names()} <= paths
    assert ("staging", "stg_training_record") in paths
    assert ("marts", "fct_participation") in paths
    assert ("publication",) in paths


def test_every_department_has_a_report(graph: dg.AssetGraph) -> None:
    keys = {key.path[-1] for key in graph.get_all_asset_keys() if key.path[0] == "report"}
    assert keys == {*reference.codes("department"), "bureau", "rules"}


def test_every_asset_is_owned_and_described(graph: dg.AssetGraph) -> None:
    for node in graph.asset_nodes:
        if node.is_materializable and node.key.path[0] not in ("staging", "intermediate", "marts"):
            assert node.owners, node.key
            assert node.description, node.key


def test_jobs_schedules_and_sensors() -> None:
    repository = definitions.defs().get_repository_def()
    names = {job.name for job in repository.get_all_jobs()}
    assert {"collect", "report", "pull_again", "audit", "collect_half_yearly", "collect_yearly"} <= names
    assert {"monthly", "half_yearly", "yearly", "audit_monthly"} == {
        schedule.name for schedule in repository.schedule_defs
    }
    assert {"arrival", "report_after_success", "report_after_failure"} == {
        sensor.name for sensor in repository.sensor_defs
    }


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
