"""What starts jobs by what happened: arrivals in the inbox, and the reports after a build however it ended."""

import hashlib
from collections.abc import Iterator

import dagster as dg

from ingest import receive
from orchestration.defs import jobs
from warehouse.store.data_root import Root

BY_COMMAND_LINE = {"skills/by": "command line"}
"""Tags of runs that `skills run` executes itself, reports included."""


@dg.sensor(
    job=jobs.collect, minimum_interval_seconds=60, description="Starts one run for all that arrived since the last."
)
def arrival(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    pending = receive.pending(Root.default())
    if pending:
        digest = hashlib.sha256("\n".join(sorted(map(str, pending))).encode()).hexdigest()
        yield dg.RunRequest(run_key=digest)
    else:
        yield dg.SkipReason("nothing new in the inbox")


def _report_after(status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    """A failed build never hides the reports: they are written after success and failure alike."""

    @dg.run_status_sensor(
        run_status=status,
        name=f"report_after_{status.value.lower()}",
        monitored_jobs=[jobs.collect, jobs.pull_again],
        request_job=jobs.report,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        if BY_COMMAND_LINE.items() <= context.dagster_run.tags.items():
            return dg.SkipReason("skills run writes its own reports")
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    return sensor


report_after_success = _report_after(dg.DagsterRunStatus.SUCCESS)
report_after_failure = _report_after(dg.DagsterRunStatus.FAILURE)
