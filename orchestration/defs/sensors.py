"""What starts jobs by what happened: arrivals in the inbox, work that an earlier run left, and the reports after a
build however it ended.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.defs import jobs, run_history
from orchestration.pipeline import outstanding
from orchestration.pipeline.alerts import observed
from orchestration.pipeline.run import Run
from warehouse.published import publication
from warehouse.store import lock
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock

BY_COMMAND_LINE = {"skills/by": "command line"}
"""Tags of runs that `skills run` executes itself, reports included."""
_JOBS: Mapping[outstanding.Need, str] = {
    "intake": jobs.intake.name,
    "build": jobs.build.name,
    "reports": jobs.report.name,
}
_PUBLICATION = dg.AssetKey("publication")


@dg.sensor(
    jobs=[jobs.intake, jobs.build, jobs.report],
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts one run for all that arrived, at once also beside a build; when it is quiet again one that "
    "builds, and what an earlier run left undone; tries again what failed.",
)
def arrival(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    root, now = Root.default().make(), clock.now()
    run_history.end_dead_runs(context.instance, root, now)
    if run_id := run_history.under_way(context.instance, _deciding(root)):
        yield dg.SkipReason(f"run {run_id} is under way")
        return
    run = Run(root, _day_shown(root), now, is_attended=False)
    arrived = outstanding.waiting(run)
    need = outstanding.unattended_need(run, arrived)
    if need is None:
        yield dg.SkipReason("nothing is waiting and all is published and reported, or it is not quiet yet")
        return
    if need != "intake" and (run_id := run_history.under_way(context.instance, jobs.BUILDING)):
        yield dg.SkipReason(f"run {run_id} is under way")
        return
    work = f"{need}-{outstanding.digest(run, arrived)}"
    tried, not_before = run_history.attempts(context.instance, work)
    if not_before is not None and now < not_before:
        yield dg.SkipReason(f"tried {tried} times; again at {not_before.isoformat(timespec='seconds')}")
        return
    # The key is another after every attempt, so that what failed is tried again, and none is started twice.
    yield dg.RunRequest(
        job_name=_JOBS[need],
        run_key=f"{work}-{tried}",
        run_config=_config(as_of=run.as_of.isoformat()),
        tags={run_history.WORK: work},
    )


def _deciding(root: Root) -> frozenset[str]:
    """The jobs that an arrival waits for: those that decide, as long as they do."""
    deciding = {jobs.intake.name, jobs.report.name}
    return frozenset(deciding if lock.holder(root, "build") else deciding | jobs.COLLECTING)


def _day_shown(root: Root) -> dt.date:
    return observed.day_shown(publication.current_if_whole(root), clock.today())


def _config(**settings: str) -> dict[str, Any]:
    return {"resources": {"run": {"config": settings}}}


def _report_after(status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    """A failed build never hides the reports: they are written after success and failure alike."""

    @dg.run_status_sensor(
        run_status=status,
        name=f"report_after_{status.value.lower()}",
        request_job=jobs.report,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        followed = context.dagster_run
        if followed.job_name not in jobs.BUILDING and _PUBLICATION not in (followed.asset_selection or ()):
            return dg.SkipReason(f"{followed.job_name} builds nothing")
        if BY_COMMAND_LINE.items() <= followed.tags.items():
            return dg.SkipReason("skills run writes its own reports")
        started = context.instance.get_run_stats(followed.run_id).start_time
        return dg.RunRequest(run_key=followed.run_id, run_config=_config(**_followed(followed.run_config, started)))

    return sensor


def _followed(run_config: Mapping[str, Any], started: float | None) -> dict[str, str]:
    """The root and the as-of day of the run that the reports follow; a run without a day took that of its start."""
    settings = run_config.get("resources", {}).get("run", {}).get("config", {})
    moment = dt.datetime.fromtimestamp(started, dt.UTC) if started else clock.now()
    place = {"path": settings["path"]} if settings.get("path") else {}
    return {"as_of": settings.get("as_of") or clock.day_of(moment).isoformat(), **place}


report_after_success = _report_after(dg.DagsterRunStatus.SUCCESS)
report_after_failure = _report_after(dg.DagsterRunStatus.FAILURE)
