"""How Dagster's runs ended is told once, in our words; the sensor that tells it looks at the house too."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration import definitions
from orchestration.defs import ended_runs, watch
from orchestration.defs.sensors import BY_COMMAND_LINE
from orchestration.pipeline import run_outcomes
from orchestration.pipeline.alerts import alert_log, reminders
from orchestration.pipeline.run_outcomes import Ended
from tests.orchestration.alert_house import House, settle, webhook_of
from tests.orchestration.receivers import Webhook, webhook
from warehouse.store import lock
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import Busy, OperatorError

ERRORS: dict[str, Exception] = {
    "ours": OperatorError("The inbox is gone: mount it."),
    "busy": Busy("A run is under way."),
    "stopped": dg.Failure("Nothing new is published: 2 tests failed."),
    "theirs": ValueError("could not convert '张三丰' 110105194912310021"),
    "full": OSError(28, "No space left on device", "/data/x"),
}


@dg.op(config_schema=str)
def ends(context: dg.OpExecutionContext) -> None:
    if context.op_config != "well":
        raise ERRORS[context.op_config]


def run(instance: dg.DagsterInstance, job: str, how: str, **tags: str) -> None:
    @dg.job(name=job)
    def ending() -> None:
        ends()

    config = {"ops": {"ends": {"config": how}}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    ending.execute_in_process(config, instance=instance, raise_on_error=False, tags=tags)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def told(instance: dg.DagsterInstance, root: Root) -> list[Ended]:
    return ended_runs.since(instance, root, ended_runs.Seen())[0]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("ours", "step ends: The inbox is gone: mount it."),
        ("busy", "step ends: A run is under way."),
        ("stopped", "step ends: Nothing new is published: 2 tests failed."),
        ("theirs", "step ends: ValueError"),
        ("full", "step ends: The disk is full, so /data/x could not be written: free some space on it and run again; "),
    ],
)
def test_a_failure_is_told_in_our_words_and_quotes_nobody_elses(
    instance: dg.DagsterInstance, root: Root, how: str, reason: str
) -> None:
    run(instance, "build", how)
    [ended] = told(instance, root)
    assert (ended.job, ended.works, ended.outcome) == ("build", ("build",), "failure")
    assert ended.reason.startswith(reason)
    assert "张三丰" not in ended.reason


def test_a_run_whose_process_is_gone_says_so(instance: dg.DagsterInstance, root: Root) -> None:
    @dg.job(name="intake")
    def intake() -> None: ...

    killed = instance.create_run_for_job(intake, status=dg.DagsterRunStatus.STARTED)
    assert not told(instance, root), "it has not ended"
    instance.report_run_failed(killed)
    [ended] = told(instance, root)
    assert ended.works == ("intake",)
    assert "killed" in ended.reason


def test_each_run_is_told_once_also_when_its_tags_change(instance: dg.DagsterInstance, root: Root) -> None:
    seen = ended_runs.Seen()
    jobs = []
    for how in ("well", "ours", "well"):
        run(instance, "collect", how)
        ended, seen = ended_runs.since(instance, root, ended_runs.Seen.of(json.dumps(seen.facts)))
        jobs += [(run.job, run.outcome, run.works) for run in ended]
    works = ("build", "intake")
    assert jobs == [("collect", outcome, works) for outcome in ("success", "failure", "success")]
    for record in instance.get_run_records():
        instance.add_run_tags(record.dagster_run.run_id, {"dagster/will_retry": "true"})
    assert ended_runs.since(instance, root, seen)[0] == []


def test_what_the_command_line_runs_it_counts_itself(instance: dg.DagsterInstance, root: Root) -> None:
    run(instance, "collect", "well", **BY_COMMAND_LINE)
    ended, seen = ended_runs.since(instance, root, ended_runs.Seen())
    assert ended == []
    assert len(seen.runs) == 1


def test_single_assets_that_a_person_makes_are_counted_and_raise_nothing(
    instance: dg.DagsterInstance, root: Root
) -> None:
    run(instance, "__ASSET_JOB", "ours")
    [ended] = told(instance, root)
    assert ended.works == ()
    run_outcomes.add(root, [ended])
    assert run_outcomes.read(root).counts == {"__ASSET_JOB": {"failure": 1}}
    assert not run_outcomes.read(root).last


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as listening:
        yield listening


@pytest.fixture
def house(hook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    metrics = {"file": str(tmp_path / "skills.prom")}
    return settle(monkeypatch, tmp_path, [webhook_of("ops", hook.address)], metrics=metrics)


def test_the_sensor_tells_of_a_failed_run_once_and_writes_the_metrics(
    instance: dg.DagsterInstance, house: House, hook: Webhook, tmp_path: Path
) -> None:
    run(instance, "build", "ours")
    cursor = None
    said = []
    for _ in range(2):
        tick = watch.look.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))
        cursor = tick.cursor
        said.append(str(tick.skip_message))
        assert not tick.run_requests
    assert said == ["1 runs ended; 1 alerts open, 1 new, 0 over", "0 runs ended; 1 alerts open, 0 new, 0 over"]
    assert [alert["kind"] for body in hook.bodies for alert in body["alerts"]] == ["run_failed"]
    assert 'skills_runs_total{job="build",outcome="failure"} 1.0' in (tmp_path / "skills.prom").read_text("utf-8")
    assert [told["outcome"] for told in house.events("run_ended")] == ["failure"]
    assert lock.holder(house.root) is None


def test_the_daily_job_begins_the_reminders(instance: dg.DagsterInstance, house: House) -> None:
    assert watch.remind.execute_in_process(instance=instance).success
    assert reminders.is_begun(alert_log.read(house.root), clock.today())
    [schedule] = [
        schedule for schedule in definitions.defs().get_repository_def().schedule_defs if schedule.name == "reminders"
    ]
    assert schedule.job_name == "remind"
    assert schedule.execution_timezone == "Asia/Shanghai"
    assert watch.look.default_status == dg.DefaultSensorStatus.RUNNING
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
