"""What Dagster tells of feeds: each is red by itself, the run that tells it stays green, and what is as it was is not
told again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import dagster as dg
import pytest

from ingest import feed as feeds
from orchestration import definitions
from orchestration.defs import feed_checks, intake, jobs, told_checks
from orchestration.pipeline import scope
from orchestration.pipeline.feed_health import NEWEST_DELIVERY, ON_TIME, REACHABLE
from pages import site_map
from pages.gather import status
from tests.ingest.files import HEADERS, ROW, xlsx
from warehouse.store import keys, pull_log
from warehouse.store.data_root import Root
from warehouse.store.pull_log import Pull
from warehouse.vocabulary import reference
from warehouse.vocabulary.errors import OperatorError

BEFORE_ANY_DUE_DAY, AFTER_THE_FIRST = "2025-11-05", "2025-12-12"
GOOD = xlsx([HEADERS, ROW])
BROKEN = b"PK\x03\x04 a workbook that was cut off"
REFUSED = xlsx([HEADERS, ("李四", "110105194912310021", "SZ-CAB-0001", "02", "40", "1", "1")])
DATASET = "training_record"
Told = dict[tuple[str, str], dg.AssetCheckEvaluation]
"""Department and check → what a run told of the feeds of training records."""


@dataclass(frozen=True)
class World:
    """Its runs, in their order: all files come at once; nothing comes; a later day and one more broken file; that file
    comes again, mended."""

    root: Root
    instance: dg.DagsterInstance
    first: dg.ExecuteInProcessResult
    idle: dg.ExecuteInProcessResult
    later: dg.ExecuteInProcessResult
    correction: dg.ExecuteInProcessResult


def send(root: Root, department: str, content: bytes, period: str = "2025-11") -> None:
    path = root.inbox / department / f"{DATASET}_{period}.xlsx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.with_name(f"{path.name}.done").touch()  # else it has to be quiet for a while


def look(root: Root, day: int, state: pull_log.State) -> None:
    at, served = f"2026-03-{day:02d}T00:00:00+00:00", (f"CAB/{DATASET}",)
    pull_log.record(root, [Pull("cab-sftp", at, "sftp", state, served, reason="No route to its host.")])


def told(result: dg.ExecuteInProcessResult) -> Told:
    return {
        (event.asset_key.path[2], event.check_name): event
        for event in result.get_asset_check_evaluations()
        if event.asset_key.path[:2] == ["received", DATASET]
    }


@pytest.fixture(scope="module")
def definition() -> dg.Definitions:
    return definitions.defs()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, definition: dg.Definitions) -> Iterator[World]:
    root = Root(tmp_path_factory.mktemp("told") / "data").make()
    keys.make_key(root)
    job = definition.get_repository_def().get_job("intake")
    with pytest.MonkeyPatch.context() as patched, dg.DagsterInstance.ephemeral() as instance:
        patched.setenv("SKILLS_HOME", str(root.path))

        def run(as_of: str) -> dg.ExecuteInProcessResult:
            config = {
                "resources": {"run": {"config": {"as_of": as_of}}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            }
            return job.execute_in_process(instance=instance, run_config=config)

        for department, content in (("CAB", GOOD), ("EDU", BROKEN), ("TRA", REFUSED)):
            send(root, department, content)
        look(root, 1, "unreachable")
        first, idle = run(BEFORE_ANY_DUE_DAY), run(BEFORE_ANY_DUE_DAY)
        send(root, "CAB", BROKEN, "2025-12")
        look(root, 2, "reached")
        later = run(AFTER_THE_FIRST)
        send(root, "CAB", GOOD, "2025-12")
        yield World(root, instance, first, idle, later, run(AFTER_THE_FIRST))


def test_what_was_refused_is_red_by_itself_and_the_others_are_decided(world: World) -> None:
    newest = {department: event for (department, check), event in told(world.first).items() if check == NEWEST_DELIVERY}
    assert {department for department, event in newest.items() if not event.passed} == {"EDU", "TRA"}
    for department in ("EDU", "TRA"):
        assert newest[department].severity == dg.AssetCheckSeverity.ERROR
        assert (newest[department].description or "").startswith(f"{department}, 2025-11: ")
        assert "report" in newest[department].metadata
    assert newest["CAB"].metadata["standing_rows_accepted"].value == 1
    assert "workbook" in newest["TRA"].metadata
    assert world.first.success
    materialised = {event.asset_key for event in world.first.get_asset_materialization_events()}
    assert intake.accepted(DATASET) in materialised


def test_before_any_due_day_nothing_is_late_and_then_each_by_itself(world: World) -> None:
    assert all(event.passed for (_, check), event in told(world.first).items() if check == ON_TIME)
    late = {department for (department, check), event in told(world.later).items() if check == ON_TIME}
    assert "CAB" in late, "it is told that what was due came"
    assert told(world.later)["CAB", ON_TIME].passed
    for department in late - {"CAB"}:
        event = told(world.later)[department, ON_TIME]
        assert (event.passed, event.severity) == (False, dg.AssetCheckSeverity.ERROR)
        assert "2025-11, due 2025-12-10: " in (event.description or "")


def test_what_is_as_it_was_is_told_once(world: World) -> None:
    of_dataset = sum(feed.dataset == DATASET for feed in feeds.feeds())
    assert len(told(world.first)) == 2 * of_dataset + 1, "one source is away"
    assert [event.check_name for event in world.idle.get_asset_check_evaluations()] == ["nothing_lost"]
    assert [event.asset_key for event in world.idle.get_asset_materialization_events()] == [intake.DECISIONS]
    newest = [key for key in told(world.later) if key[1] == NEWEST_DELIVERY]
    assert newest == [("CAB", NEWEST_DELIVERY)]


def test_what_came_since_is_told_again_even_if_nothing_else_changed(world: World) -> None:
    """Dagster shows no check that was made before its asset was."""
    verdicts = feed_checks.verdicts(world.root, status.status(world.root))
    assert list(told_checks.news(world.instance, verdicts)) == []
    received = dg.AssetKey(["received", DATASET, "CAB"])
    world.instance.report_runless_asset_event(dg.AssetMaterialization(received))
    news = {(event.asset_key, event.check_name) for event in told_checks.news(world.instance, verdicts)}
    assert news == {(received, name) for name in (NEWEST_DELIVERY, ON_TIME, REACHABLE)}


def test_beside_what_dagster_plans_an_idle_run_and_a_correction_have_few_events(world: World) -> None:
    for result, most in ((world.idle, 25), (world.correction, 45)):
        kinds = [record.dagster_event_type for record in world.instance.all_logs(result.run_id)]
        planned = kinds.count(dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED)
        assert kinds.count(dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED) == 1
        assert len(kinds) - planned < most
    of_its_feed = {("CAB", NEWEST_DELIVERY), ("CAB", ON_TIME), ("CAB", REACHABLE)}
    assert told(world.correction).keys() == of_its_feed
    assert len(world.correction.get_asset_check_evaluations()) == len(of_its_feed) + 1, "and that nothing is lost"


def test_a_feed_whose_source_is_away_says_since_when_and_that_it_is_back(world: World) -> None:
    away = told(world.first)["CAB", REACHABLE]
    assert away.severity == dg.AssetCheckSeverity.ERROR
    assert away.description == "cab-sftp cannot be reached since 2026-03-01 08:00: No route to its host."
    assert told(world.later)["CAB", REACHABLE].passed


def test_by_hand_a_feeds_checks_say_the_same(
    world: World, definition: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKILLS_HOME", str(world.root.path))
    received = dg.AssetKey(["received", DATASET, "EDU"])
    chosen = {dg.AssetCheckKey(received, name) for name in (NEWEST_DELIVERY, ON_TIME)}
    job = definition.resolve_implicit_global_asset_job_def().get_subset(
        asset_selection=frozenset(), asset_check_selection=chosen
    )
    by_hand = told(job.execute_in_process(instance=world.instance))
    assert by_hand.keys() == {("EDU", NEWEST_DELIVERY), ("EDU", ON_TIME)}
    newest = told(world.first)["EDU", NEWEST_DELIVERY]
    assert by_hand["EDU", NEWEST_DELIVERY].description == newest.description
    assert not by_hand["EDU", NEWEST_DELIVERY].passed


def test_links_lead_to_pages_where_these_are_served_and_else_to_files(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = world.root.reports / site_map.STATUS
    assert told(world.first)["CAB", NEWEST_DELIVERY].metadata["status"].value == str(page)
    assert page.is_file()
    monkeypatch.setenv("SKILLS_URLS__PAGES", "http://127.0.0.1:8000/reports/")
    verdicts = feed_checks.verdicts(world.root, status.status(world.root))
    _, links = verdicts[dg.AssetCheckKey(dg.AssetKey(["received", DATASET, "CAB"]), NEWEST_DELIVERY)]
    assert links["status"].value == f"http://127.0.0.1:8000/reports/status.html#CAB-{DATASET}"


def test_no_job_plans_the_checks_that_are_told_when_they_change(definition: dg.Definitions) -> None:
    graph = definition.resolve_asset_graph()
    for job in (jobs.intake, jobs.build, jobs.collect, jobs.report, jobs.pull_again, jobs.collect_yearly):
        planned = {key.name for key in job.selection.resolve_checks(graph)}
        assert planned <= {"nothing_lost", "data_tests", "quarantine", "marts_published"}, job.name


@pytest.mark.parametrize(
    ("department", "period", "config"),
    [
        ("CAB", "2025-11", {"departments": ["CAB"], "periods": ["2025-11"]}),
        (jobs.ALL, "2025-11", {"departments": [], "periods": ["2025-11"]}),
        ("CAB", jobs.ALL, {"departments": ["CAB"], "periods": []}),
        (jobs.ALL, jobs.ALL, {"departments": list(reference.codes("department")), "periods": []}),
    ],
)
def test_what_is_pulled_again_is_chosen_from_two_lists(department: str, period: str, config: dict[str, Any]) -> None:
    chosen = dg.MultiPartitionKey({"department": department, "period": period})
    partitioned = jobs.pull_again.config
    assert isinstance(partitioned, dg.PartitionedConfig)
    told_config = partitioned.get_run_config_for_partition_key(chosen)
    assert told_config == {"resources": {"run": {"config": config}}}


def test_the_lists_offer_all_that_the_command_line_takes_and_nothing_else() -> None:
    offered = {
        dimension.name: [key for key in dimension.partitions_def.get_partition_keys() if key != jobs.ALL]
        for dimension in jobs.PULLED_AGAIN.partitions_defs
    }
    assert list(scope.departments(offered["department"])) == list(reference.codes("department"))
    assert list(scope.periods(offered["period"])) == offered["period"]
    every_feed = [replace(feed, is_optional=False) for feed in feeds.feeds()]
    reported = {str(cell.period) for cell in feeds.expected(every_feed, dt.date(2028, 6, 1))}
    back_files = {f"2025-{month:02}" for month in range(1, 11)} | {"2025-Q1", "2025-Q2", "2025-Q3", "2025-H1"}
    assert set(offered["period"]) == reported | back_files
    for text in ("2031-05", "2024-Q4"):
        with pytest.raises(OperatorError, match=f"No feed reports for {text}"):
            scope.periods([text])
