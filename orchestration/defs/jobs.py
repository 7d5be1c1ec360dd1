"""The jobs: which assets are made together. When they start is `schedules` and `sensors`."""

from typing import Any

import dagster as dg

from ingest import feed as feeds
from orchestration.defs.intake import received
from orchestration.pipeline.run import Run
from warehouse.vocabulary.period import Cadence

_BUILD = dg.AssetSelection.all() - dg.AssetSelection.groups("report")

collect = dg.define_asset_job("collect", _BUILD, description="Pull what is new, check, build, publish.")
report = dg.define_asset_job("report", dg.AssetSelection.groups("report"), description="Write the reports.")
pull_again = dg.define_asset_job(
    "pull_again",
    _BUILD,
    description="Pull chosen periods and departments again: set them under resources.run.config in the launchpad.",
)


def collect_cadence(cadence: Cadence) -> Any:
    """The job that pulls the datasets which some feed owes in this cadence, and builds and publishes."""
    datasets = {feed.dataset for feed in feeds.feeds() if feed.cadence == cadence}
    intake = dg.AssetSelection.assets(
        *(["accepted", dataset] for dataset in sorted(datasets)),
        *(received(feed) for feed in feeds.feeds() if feed.dataset in datasets),
    )
    downstream = dg.AssetSelection.groups("register", "publication") | dg.AssetSelection.key_prefixes(
        "staging", "intermediate", "marts"
    )
    name = f"collect_{cadence.replace('-', '_')}"
    return dg.define_asset_job(name, intake | downstream)


collect_half_yearly = collect_cadence("half-yearly")
collect_yearly = collect_cadence("yearly")

BUILDING = frozenset(job.name for job in (collect, pull_again, collect_half_yearly, collect_yearly))
"""Names of the jobs after which the reports are written."""


@dg.op
def audit_stored(run: dg.ResourceParam[Run]) -> None:
    """Runs the real Great Expectations suites over stored rows and compares their findings with the compiled SQL's."""
    from expectations import audit  # Great Expectations costs 4 s: only here

    audit.audit_held(run.root)


@dg.job(description="The real Great Expectations suites over stored submissions.")
def audit() -> None:
    audit_stored()
