"""Intake: one multi-asset per dataset that pulls its feeds and decides what is new; and what fits no feed.

The steps are `orchestration.pipeline.run`; a finding about data is never a failed asset.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg

from ingest import feed as feeds
from ingest.channels import drop_folder
from ingest.feed import Feed
from orchestration.defs.cadence import freshness
from orchestration.defs.owners import ENGINEERS
from orchestration.pipeline import mishaps
from orchestration.pipeline import run as steps
from warehouse.vocabulary import contract, reference

OUTCOMES = ("accepted", "partly_accepted", "rejected", "unreadable")


def received(feed: Feed) -> dg.AssetKey:
    return dg.AssetKey(["received", feed.dataset, feed.department])


def _feed_spec(feed: Feed) -> dg.AssetSpec:
    department = reference.codes("department")[feed.department]
    return dg.AssetSpec(
        received(feed),
        skippable=True,
        group_name="received",
        owners=[ENGINEERS],
        description=f"{department}: {contract.dataset(feed.dataset).title}",
        metadata={"units": list(feed.units), "folder": drop_folder.folder(feed.department)},
        tags={
            "department": feed.department,
            "dataset": feed.dataset,
            "cadence": feed.cadence,
            "channel": drop_folder.NAME,
            "clauses": reference.clauses(feed.department),
        },
        kinds={"file"},
        freshness_policy=freshness(feed),
    )


def _accepted_spec(dataset: str, department_feeds: list[Feed]) -> dg.AssetSpec:
    title = contract.dataset(dataset).title
    return dg.AssetSpec(
        ["accepted", dataset],
        deps=[received(feed) for feed in department_feeds],
        group_name="accepted",
        owners=[ENGINEERS],
        description=f"Checked rows of {dataset} ({title}), identifiers replaced by tokens.",
        tags={"dataset": dataset},
        kinds={"parquet"},
    )


def _intake(dataset: str) -> dg.AssetsDefinition:
    """A feed yields when something new arrived, `accepted/<dataset>` always does. Chosen alone, a feed is pulled and
    not decided, `accepted/<dataset>` decided without a pull."""
    department_feeds = [feed for feed in feeds.feeds() if feed.dataset == dataset]
    accepted = dg.AssetKey(["accepted", dataset])

    @dg.multi_asset(
        name=f"intake_{dataset}",
        can_subset=True,
        specs=[*map(_feed_spec, department_feeds), _accepted_spec(dataset, department_feeds)],
        check_specs=[
            dg.AssetCheckSpec(
                "nothing_lost", asset=accepted, description="Every received row is accepted, held or withdrawn."
            )
        ],
    )
    def intake(context: dg.AssetExecutionContext, run: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
        chosen = [feed for feed in department_feeds if received(feed) in context.selected_asset_keys]
        try:
            deliveries = steps.pull(run, dataset, chosen) if chosen else []
        except OSError as error:  # a channel that cannot be reached may be back in a minute, a full disk is not
            if mishaps.sentence(error, str(run.root.path)):
                raise
            raise dg.RetryRequested(max_retries=3, seconds_to_wait=60) from error
        for feed in chosen:
            count = sum(delivery.department == feed.department for delivery in deliveries)
            if count:
                yield dg.MaterializeResult(asset_key=received(feed), metadata={"deliveries": count})
        if accepted not in context.selected_asset_keys:
            return
        steps.take_answers(run, dataset)
        decisions = steps.decide(run, dataset, steps.to_decide(run, dataset))
        rows = {
            part: sum(getattr(decision.rows, part) for decision in decisions)
            for part in ("received", "accepted", "held", "withdrawn")
        }
        counts: Counter[str] = Counter(decision.outcome for decision in decisions)
        outcomes = {name: counts[name] for name in OUTCOMES}
        yield dg.MaterializeResult(
            asset_key=accepted,
            metadata={
                "submissions": len(decisions),
                **{f"{part}_rows": count for part, count in rows.items()},
                **outcomes,
            },
        )
        yield dg.AssetCheckResult(
            asset_key=accepted,
            check_name="nothing_lost",
            passed=rows["received"] == rows["accepted"] + rows["held"] + rows["withdrawn"],
        )
        context.log.info(f"{dataset}: {len(decisions)} submissions decided")

    return intake


@dg.asset(
    key=["received", "unrecognised"],
    group_name="received",
    owners=[ENGINEERS],
    kinds={"file"},
    tags={"channel": drop_folder.NAME},
    description="Deliveries that fit no feed, kept with the reason why.",
)
def unrecognised(run: dg.ResourceParam[steps.Run]) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"deliveries": len(steps.pull_unrecognised(run))})


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(assets=[*(_intake(dataset) for dataset in contract.names()), unrecognised])
