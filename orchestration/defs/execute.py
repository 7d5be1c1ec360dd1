"""Executes a prepared run through the Dagster definitions in this process.

How its progress is shown is the command line's. Ends at the seconds of its stages, or at an `OperatorError`.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict

import dagster as dg

from orchestration.defs import failures, instance, resources
from orchestration.defs.sensors import BY_COMMAND_LINE
from orchestration.pipeline.run import Run
from orchestration.pipeline.stages import Stages
from warehouse.published import publication
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

WHOLE = ("collect", "report")
REPORTS = ("report",)


def run(definitions: dg.Definitions, prepared: Run, tell: Callable[[str], None], jobs: Sequence[str] = WHOLE) -> Stages:
    """Collects and reports; a failed build still writes the reports and then ends in an `OperatorError`.

    The caller has prepared the run; `tell` is called with each stage's name as it begins. When each stage went on is
    kept in `work/stages.json` for the benchmark.
    """
    root = prepared.root
    aside = instance.set_damaged_aside(root)
    if aside is not None:
        prepared.note(instance.told_aside(aside))
    os.environ |= {"SKILLS_HOME": str(root.path), "DAGSTER_HOME": str(instance.home(root))}
    logging.getLogger("dagster").setLevel(logging.ERROR)
    repository = definitions.get_repository_def()
    stages = prepared.stages = Stages(tell)
    resource = resources.prepared(prepared)
    before = _shown(root)
    with dg.DagsterInstance.get() as shared, instance.kept_open(root):
        results = [
            repository.get_job(name).execute_in_process(
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                instance=shared,
                raise_on_error=False,
                tags=BY_COMMAND_LINE,
                resources={"run": resource},
            )
            for name in jobs
        ]
    (root.work / "stages.json").write_text(json.dumps([asdict(span) for span in stages.spans]), "utf-8")
    for result in results:
        if not result.success:
            error = OperatorError(
                f"The run {result.run_id} failed: {failures.said(result.all_events, root)} "
                f"{_became(before, _shown(root))} See skills ui for its log."
            )
            error.kept = f"The run {result.run_id} failed: {failures.kept(result.all_events, root)}"
            raise error
    return stages


def _shown(root: Root) -> str | None:
    current = publication.current_if_whole(root)
    return current.publication_id if current else None


def _became(before: str | None, after: str | None) -> str:
    """What is shown now, whatever failed: a run may publish and then fail on a report."""
    if after is None:
        return "Nothing is published yet."
    if after == before:
        return f"Nothing new is shown: the current publication is still {after}."
    return f"Publication {after} is shown already; what failed comes after it and is done again by the next run."
