"""What starts runs when nobody watches: arrivals and what was left undone, again after a failure, never twice."""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs import jobs, schedules, sensors
from orchestration.pipeline import deciding, outstanding
from orchestration.pipeline import run as steps
from tests.ingest.files import HEADERS, ROW, xlsx
from warehouse.store import keys, lock, log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock

NOW = clock.now()
MINUTE = dt.timedelta(minutes=1)
FAILURE, STARTED = dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED


@dg.op
def nothing() -> None: ...


@dg.job(name="collect")
def stand_in() -> None:
    nothing()


class Watch:
    """The sensor over one data root and one Dagster instance, at times of one's own."""

    def __init__(self, root: Root, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.instance, self._patch = root, instance, monkeypatch

    def look(self, later: dt.timedelta = dt.timedelta(0)) -> dg.RunRequest | str:
        """The run that it asks for, or why it asks for none."""
        self._patch.setattr(clock, "now", lambda: NOW + later)
        self._patch.setattr(clock, "today", lambda: clock.day_of(NOW))  # also where `later` is past midnight
        tick = sensors.arrival.evaluate_tick(dg.build_sensor_context(instance=self.instance))
        requests = list(tick.run_requests or ())
        assert len(requests) <= 1
        return requests[0] if requests else str(tick.skip_message)

    def asked(self, later: dt.timedelta = dt.timedelta(0)) -> dg.RunRequest:
        request = self.look(later)
        assert isinstance(request, dg.RunRequest), request
        return request

    def ran(self, request: dg.RunRequest, status: dg.DagsterRunStatus = FAILURE) -> str:
        """A run for the request that ended, or did not end, just now."""
        return self.instance.create_run_for_job(stand_in, tags=dict(request.tags), status=status).run_id


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    root = Root(tmp_path / "data").make()
    keys.make_key(root)
    monkeypatch.setenv("SKILLS_HOME", str(root.path))
    with dg.DagsterInstance.ephemeral() as instance:
        yield Watch(root, instance, monkeypatch)


def send(root: Root, department: str = "CAB") -> None:
    path = root.inbox / department / "training_record_2026-01.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(xlsx([HEADERS, ROW]))
    path.with_name(f"{path.name}.done").touch()  # else it has to be quiet for a while


def received(root: Root, *, decide: bool) -> None:
    run = steps.Run(root, clock.day_of(NOW), NOW)
    run.open()
    try:
        deciding.pull(run)
        if decide:
            deciding.decide(run, "training_record", deciding.undecided(root, "training_record"))
    finally:
        run.close()


def test_an_empty_house_asks_for_nothing(watch: Watch) -> None:
    assert "nothing is waiting" in str(watch.look())


def test_an_arrival_asks_for_one_run_of_today(watch: Watch) -> None:
    send(watch.root)
    request = watch.asked()
    assert request.job_name == "intake"
    assert request.run_config == {"resources": {"run": {"config": {"as_of": clock.day_of(NOW).isoformat()}}}}
    assert watch.asked().run_key == request.run_key, "Dagster starts a run key once"
    send(watch.root, "EDU")
    assert watch.asked().run_key != request.run_key


def test_what_failed_is_tried_again_and_again_after_longer_pauses(watch: Watch) -> None:
    send(watch.root)
    seen = set()
    for pause in (1, 2, 4, 8, 16, 32, 60, 60):
        request = watch.asked(latest(watch) + dt.timedelta(hours=2))
        assert request.run_key not in seen
        seen.add(request.run_key)
        watch.ran(request)
        ended = latest(watch)
        assert "again at" in str(watch.look(ended + pause * MINUTE - dt.timedelta(seconds=5)))
        watch.asked(ended + pause * MINUTE + dt.timedelta(seconds=1))


def latest(watch: Watch) -> dt.timedelta:
    """When the instance last heard of a run, counted from now."""
    records = watch.instance.get_run_records()
    moments = [record.update_timestamp.astimezone(dt.UTC) - NOW for record in records]
    return max(moments, default=dt.timedelta(0))


def test_another_arrival_does_not_wait_for_the_pause(watch: Watch) -> None:
    send(watch.root)
    watch.ran(watch.asked())
    assert "again at" in str(watch.look(latest(watch)))
    send(watch.root, "EDU")
    watch.asked(latest(watch))


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, STARTED])
def test_a_run_under_way_is_waited_for(watch: Watch, status: dg.DagsterRunStatus) -> None:
    send(watch.root)
    run_id = watch.ran(watch.asked(), status)
    assert str(watch.look()) == f"run {run_id} is under way"


def test_deciding_waits_for_no_build(watch: Watch) -> None:
    """`collect` decides first: once it builds, another run may decide."""
    send(watch.root)
    watch.ran(watch.asked(), STARTED)
    holder = lock.holder_file(watch.root, "build")
    holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since then\n", "utf-8")
    send(watch.root, "EDU")
    assert watch.asked().job_name == "intake"


def test_a_run_that_died_without_a_word_blocks_nobody(watch: Watch) -> None:
    send(watch.root)
    run_id = watch.ran(watch.asked(), STARTED)
    began = latest(watch)
    assert "is under way" in str(watch.look(began + 4 * MINUTE))
    watch.look(began + 6 * MINUTE)
    run = watch.instance.get_run_by_id(run_id)
    assert run is not None and run.status == FAILURE
    watch.asked(began + 20 * MINUTE)


def test_a_run_that_somebody_holds_the_root_for_is_alive(watch: Watch) -> None:
    send(watch.root)
    run_id = watch.ran(watch.asked(), STARTED)
    holder = lock.holder_file(watch.root, "intake")
    holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since then\n", "utf-8")
    assert str(watch.look(60 * MINUTE)) == f"run {run_id} is under way"
    holder.write_text(f"process 4194305 on {socket.gethostname()} since then\n", "utf-8")  # no such process
    watch.look(60 * MINUTE)
    run = watch.instance.get_run_by_id(run_id)
    assert run is not None and run.status == FAILURE


@pytest.mark.parametrize(("decide", "job"), [(False, "intake"), (True, "build")])
def test_what_is_received_is_work_until_it_is_published(watch: Watch, decide: bool, job: str) -> None:
    send(watch.root)
    received(watch.root, decide=decide)
    run = steps.Run(watch.root, clock.day_of(NOW), NOW, is_attended=False)
    assert bool(outstanding.waiting(run)) is not decide
    assert watch.asked(MINUTE).job_name == job


def told_at(root: Root, moment: dt.datetime) -> None:
    """As if the last line of every log had been written then."""
    for path in log.paths(root):
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_a_build_waits_until_it_is_quiet_but_not_for_ever(watch: Watch) -> None:
    send(watch.root)
    received(watch.root, decide=True)
    watch.root.build_record.touch()
    told_at(watch.root, NOW)
    assert "not quiet yet" in str(watch.look(MINUTE))
    assert watch.asked(outstanding.QUIET).job_name == "build"
    os.utime(watch.root.build_record, (NOW.timestamp(), NOW.timestamp()))
    told_at(watch.root, NOW + outstanding.LONGEST)
    assert watch.asked(outstanding.LONGEST).job_name == "build"


def test_a_build_is_not_started_beside_another(watch: Watch) -> None:
    send(watch.root)
    received(watch.root, decide=True)
    run_id = watch.ran(watch.asked(10 * MINUTE), STARTED)
    holder = lock.holder_file(watch.root, "build")
    holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since then\n", "utf-8")
    assert str(watch.look(10 * MINUTE)) == f"run {run_id} is under way"


def follow(watch: Watch, run: dg.DagsterRun, sensor: dg.SensorDefinition) -> dg.RunRequest | dg.SkipReason:
    """What the sensor answers to a run that has ended."""
    watch.instance.add_run(run)
    event = dg.DagsterEvent(event_type_value="PIPELINE_SUCCESS", job_name=run.job_name)
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name, dagster_instance=watch.instance, dagster_run=run, dagster_event=event
    )
    answer = sensor(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


AFTER = (sensors.report_after_success, sensors.report_after_failure)


@pytest.mark.parametrize("sensor", AFTER, ids=lambda sensor: sensor.name)
@pytest.mark.parametrize("job", sorted(jobs.BUILDING))
def test_every_job_that_builds_is_followed_by_the_reports_of_its_own_day(
    watch: Watch, job: str, sensor: dg.SensorDefinition
) -> None:
    config = {"resources": {"run": {"config": {"as_of": "2026-03-11", "periods": ["2026-01"]}}}}
    request = follow(watch, dg.DagsterRun(job_name=job, run_config=config), sensor)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config == {"resources": {"run": {"config": {"as_of": "2026-03-11"}}}}


def test_a_run_without_a_day_is_followed_by_the_reports_of_the_day_it_began(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)  # midnight may come between the import and this test
    request = follow(watch, dg.DagsterRun(job_name="pull_again"), sensors.report_after_success)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["resources"]["run"]["config"] == {"as_of": clock.day_of(NOW).isoformat()}


def test_a_publication_made_alone_is_followed_by_its_reports(watch: Watch) -> None:
    chosen = frozenset({dg.AssetKey("publication")})
    run = dg.DagsterRun(job_name="__ASSET_JOB", asset_selection=chosen)
    assert isinstance(follow(watch, run, sensors.report_after_success), dg.RunRequest)


@pytest.mark.parametrize("job", ["report", "audit", "__ASSET_JOB"])
def test_what_builds_nothing_is_followed_by_nothing(watch: Watch, job: str) -> None:
    assert isinstance(follow(watch, dg.DagsterRun(job_name=job), sensors.report_after_success), dg.SkipReason)


def test_the_command_line_writes_its_own_reports(watch: Watch) -> None:
    run = dg.DagsterRun(job_name="collect", tags=sensors.BY_COMMAND_LINE)
    assert isinstance(follow(watch, run, sensors.report_after_success), dg.SkipReason)


def test_all_runs_by_itself() -> None:
    """Who starts skills ui need switch on nothing."""
    timed = [value for value in vars(schedules).values() if isinstance(value, dg.ScheduleDefinition)]
    watching = [value for value in vars(sensors).values() if isinstance(value, dg.SensorDefinition)]
    assert len(timed) == 5 and len(watching) == 3
    assert {schedule.default_status for schedule in timed} == {dg.DefaultScheduleStatus.RUNNING}
    assert {sensor.default_status for sensor in watching} == {dg.DefaultSensorStatus.RUNNING}
