"""The reports: what departments and the bureau read of a run, one asset for each of them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from ingest import feed as feeds
from orchestration.defs import feed_checks, intake, told_checks
from orchestration.defs.owners import BUREAU
from orchestration.pipeline import run as steps
from warehouse.vocabulary import reference

_TOLD = [dg.AssetKey("publication"), dg.AssetKey("register"), intake.DECISIONS]


def _accepted(department: str) -> list[dg.AssetKey]:
    """What a department sent is told of as soon as it is decided, before anything is built from it."""
    datasets = sorted({feed.dataset for feed in feeds.feeds() if feed.department == department})
    return [*map(intake.accepted, datasets)]


def _spec(name: str, deps: list[dg.AssetKey], description: str, tags: dict[str, str] | None = None) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["report", name],
        skippable=True,
        group_name="report",
        owners=[BUREAU],
        kinds={"html"},
        deps=deps,
        description=description,
        tags=tags,
    )


@dg.multi_asset(
    name="reports",
    specs=[
        *(
            _spec(code, [*_TOLD, *_accepted(code)], f"{name}: validation reports", {"department": code})
            for code, name in reference.codes("department").items()
        ),
        _spec("rules", [dg.AssetKey("register")], "A page for every rule: what, why, how to mend it, examples."),
        _spec("status", [intake.DECISIONS], "The page of every feed and period: what stands, what came, what is due."),
        _spec(
            "bureau",
            [dg.AssetKey("publication")],
            "The bureau's page: targets, participations by month, the submission grid.",
        ),
    ],
)
def reports(context: dg.AssetExecutionContext, run: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    """A department's reports yield only when a page of theirs changed. What is told for them tells how each feed is."""
    written = steps.report(run)
    for evaluation in told_checks.news(context.instance, feed_checks.verdicts(run.root, run.told)):
        context.log_event(evaluation)
    for name, changed in written:
        if changed:
            yield dg.MaterializeResult(asset_key=["report", name], metadata={"pages_changed": changed})
