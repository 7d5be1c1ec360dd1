"""The jobs: which assets are made together. When they start is `schedules` and `sensors`."""

from typing import Any

import dagster as dg

from ingest import feed as feeds
from orchestration.defs import feed_checks, run_pruning, target_checks
from orchestration.defs.intake import DECISIONS, received
from orchestration.pipeline import pruning, scope
from orchestration.pipeline.run import PATIENCE_SECONDS, Run
from warehouse.store.data_root import Root
from warehouse.store.settings import settings
from warehouse.vocabulary import clock, reference
from warehouse.vocabulary.period import Cadence

_TOLD_CHECKS = dg.AssetSelection.checks(*(spec.key for spec in (*feed_checks.SPECS, *target_checks.SPECS)))
_REPORTS = dg.AssetSelection.groups("report")
_INTAKE = dg.AssetSelection.groups("received", "accepted") - _TOLD_CHECKS
_BUILD = dg.AssetSelection.groups("register", "build", "publication")
_WHOLE = dg.AssetSelection.all() - _REPORTS - _TOLD_CHECKS

_DECIDES, _BUILDS = {"skills/rhythm": "intake"}, {"skills/rhythm": "build"}
"""Tags by which the instance lets one run of each rhythm go on beside one of the other."""

intake = dg.define_asset_job(
    "intake",
    _INTAKE | _REPORTS,
    description="Pull what is new, decide it and report it: after any arrival, in seconds.",
    tags=_DECIDES,
)
build = dg.define_asset_job(
    "build", _BUILD, description="Build and publish what stands, on a clock of its own.", tags=_BUILDS
)
collect = dg.define_asset_job("collect", _WHOLE, description="Pull what is new, check, build, publish.", tags=_BUILDS)
report = dg.define_asset_job("report", _REPORTS, description="Write the reports.", tags=_DECIDES)

ALL = "all"
"""The choice of every period, or of every department."""
PULLED_AGAIN = dg.MultiPartitionsDefinition(
    {
        "department": dg.StaticPartitionsDefinition([ALL, *reference.codes("department")]),
        "period": dg.StaticPartitionsDefinition([ALL, *scope.known_periods()]),
    }
)
"""What can be pulled again, to be chosen from lists: of the job alone, for partitions of assets cost an event for each
feed and period, and know neither refused nor late."""


def _pulled_again(key: str) -> dict[str, Any]:
    """The config of a run that pulls one choice again."""
    chosen = PULLED_AGAIN.get_partition_key_from_str(key).keys_by_dimension
    departments = [] if chosen["department"] == ALL else [chosen["department"]]
    periods = [] if chosen["period"] == ALL else [chosen["period"]]
    if not departments and not periods:
        departments = list(reference.codes("department"))
    return {"resources": {"run": {"config": {"departments": departments, "periods": periods}}}}


pull_again = dg.define_asset_job(
    "pull_again",
    _WHOLE,
    config=dg.PartitionedConfig(PULLED_AGAIN, run_config_for_partition_key_fn=_pulled_again),
    description="Pull a period or a department again: choose both from the lists of partitions; or write several "
    "under resources.run.config in the launchpad.",
    tags=_BUILDS,
)


def collect_cadence(cadence: Cadence) -> Any:
    """The job that pulls the datasets which some feed owes in this cadence, decides what waits, builds and
    publishes."""
    datasets = {feed.dataset for feed in feeds.feeds() if feed.cadence == cadence}
    of_cadence = dg.AssetSelection.assets(
        DECISIONS, *(received(feed) for feed in feeds.feeds() if feed.dataset in datasets)
    )
    name = f"collect_{cadence.replace('-', '_')}"
    return dg.define_asset_job(name, (of_cadence | _BUILD) - _TOLD_CHECKS, tags=_BUILDS)


collect_half_yearly = collect_cadence("half-yearly")
collect_yearly = collect_cadence("yearly")

COLLECTING = frozenset(job.name for job in (collect, pull_again, collect_half_yearly, collect_yearly))
"""Names of the jobs that decide and then build."""
BUILDING = COLLECTING | {build.name}
"""Names of the jobs after which the reports are written."""


@dg.op
def audit_stored(run: dg.ResourceParam[Run]) -> None:
    """Runs the real Great Expectations suites over stored rows and compares their findings with the compiled SQL's."""
    from expectations import audit  # Great Expectations costs 4 s: only here

    audit.audit_held(run.root)


@dg.job(description="The real Great Expectations suites over stored submissions.")
def audit() -> None:
    audit_stored()


@dg.op
def prune_derived(context: dg.OpExecutionContext) -> None:
    """Deletes by the settings' retention, and tells what went."""
    root, told, now = Root.default().make(), settings(), clock.now()
    removals = list(pruning.prune(root, told, now, PATIENCE_SECONDS))
    removals += run_pruning.prune_instance(context.instance, root, told, now)
    for removal in removals:
        context.log.info(f"{removal.subject}: {removal.size:,} bytes: {removal.reason}")
    context.add_output_metadata({"bytes": sum(removal.size for removal in removals)})


@dg.job(description="Delete what is derived and no longer needed, by the settings' retention.", tags=_BUILDS)
def prune() -> None:
    prune_derived()
