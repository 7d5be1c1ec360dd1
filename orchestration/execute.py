"""Executes a run through the Dagster definitions in this process, with a progress display."""

from __future__ import annotations

import json
import logging
import os

import dagster as dg
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestration import definitions, instance, terminal
from orchestration.run import Run
from orchestration.stages import Stages
from warehouse.errors import OperatorError
from warehouse.privacy import redact


def run(this: Run) -> Stages:
    """Collects and reports; a failed build still writes the reports and then ends in an `OperatorError`.

    The caller holds the root's lock. Stage seconds are kept in `work/stages.json` for the benchmark.
    """
    os.environ |= {"SKILLS_HOME": str(this.root.path), "DAGSTER_HOME": str(instance.home(this.root))}
    logging.getLogger("dagster").setLevel(logging.ERROR)
    config = {
        "resources": {
            "root": {
                "config": {
                    "path": str(this.root.path),
                    "as_of": this.as_of.isoformat(),
                    "periods": list(this.periods),
                    "departments": list(this.departments),
                }
            }
        },
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    repository = definitions.defs().get_repository_def()
    with (
        dg.DagsterInstance.get() as shared,
        instance.kept_open(this.root),
        Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=terminal.errors,
            transient=True,
        ) as progress,
    ):
        task = progress.add_task("start", total=None)
        stages = Stages(tell=lambda what: progress.update(task, description=what))
        definitions.observe(stages)
        results = [
            repository.get_job(name).execute_in_process(
                run_config=config, instance=shared, raise_on_error=False, tags=definitions.BY_COMMAND_LINE
            )
            for name in ("collect", "report")
        ]
    (this.root.work / "stages.json").write_text(json.dumps(stages.seconds), "utf-8")
    for result in results:
        if not result.success:
            raise OperatorError(
                f"The run {result.run_id} failed and nothing new was published: {_reason(result)} "
                "See skills ui for its log."
            )
    return stages


def _reason(result: dg.ExecuteInProcessResult) -> str:
    """The first failed step, else the run's own failure, and the root of its error, in one sentence."""
    for event in sorted(result.all_events, key=lambda event: not event.is_step_failure):
        if event.is_step_failure:
            where, error = f"step {event.step_key}", event.step_failure_data.error
        elif event.is_run_failure:
            where, error = "the run", event.job_failure_data.error
        else:
            continue
        while error is not None and error.cause is not None:
            error = error.cause
        return f"{where}: {redact(error.message.strip()) if error else 'no message'}"
    return "no step ran."
