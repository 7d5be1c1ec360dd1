"""Intake: the feeds, each an asset that can be pulled alone, what fits no feed, and the decisions on all that came.

One step does it for all datasets, so that one to which nothing came costs no event. Accepted rows are told of by it,
as models are by the build. The steps are `orchestration.pipeline.run`; a finding about data is never a failed asset.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from ingest import feed as feeds
from ingest.channels import drop_folder
from ingest.connections import connections
from ingest.feed import Feed
from orchestration.defs.cadence import freshness
from orchestration.defs.links import links
from orchestration.defs.owners import ENGINEERS
from orchestration.pipeline import deciding, mishaps
from orchestration.pipeline import run as steps
from pages import site_map
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.submission import Decision

OUTCOMES = ("accepted", "partly_accepted", "rejected", "unreadable")
UNRECOGNISED = dg.AssetKey(["received", "unrecognised"])
DECISIONS = dg.AssetKey(["intake", "decisions"])
_CONNECTIONS = connections()
_LINKS = links(Root.default())


def received(feed: Feed) -> dg.AssetKey:
    return dg.AssetKey(["received", feed.dataset, feed.department])


def accepted(dataset: str) -> dg.AssetKey:
    return dg.AssetKey(["accepted", dataset])


def _feed_spec(feed: Feed) -> dg.AssetSpec:
    department = reference.codes("department")[feed.department]
    source = _CONNECTIONS.of_feed(feed)
    return dg.AssetSpec(
        received(feed),
        skippable=True,
        group_name="received",
        owners=[ENGINEERS],
        description=f"{department}: {contract.dataset(feed.dataset).title}",
        metadata={
            "units": list(feed.units),
            "source": source.name,
            "folder": drop_folder.folder(feed.department),
            "status": _LINKS.page(f"{site_map.STATUS}#{site_map.status_line(feed.department, feed.dataset)}"),
        },
        tags={
            "department": feed.department,
            "dataset": feed.dataset,
            "cadence": feed.cadence,
            "channel": source.channel,
            "clauses": reference.clauses(feed.department),
        },
        kinds={"file"},
        freshness_policy=freshness(feed),
    )


def _accepted_spec(dataset: str) -> dg.AssetSpec:
    title = contract.dataset(dataset).title
    return dg.AssetSpec(
        accepted(dataset),
        deps=[received(feed) for feed in feeds.feeds() if feed.dataset == dataset],
        group_name="accepted",
        owners=[ENGINEERS],
        description=f"Checked rows of {dataset} ({title}), identifiers replaced by tokens.",
        tags={"dataset": dataset},
        kinds={"parquet"},
    )


_UNRECOGNISED_SPEC = dg.AssetSpec(
    UNRECOGNISED,
    skippable=True,
    group_name="received",
    owners=[ENGINEERS],
    kinds={"file"},
    description="Deliveries that fit no feed, kept with the reason why.",
)
_DECISIONS_SPEC = dg.AssetSpec(
    DECISIONS,
    group_name="accepted",
    owners=[ENGINEERS],
    kinds={"parquet"},
    description="The decisions on all that came; what they accept lies under its dataset.",
)


@dg.multi_asset(
    name="receive_and_decide",
    can_subset=True,
    specs=[*map(_feed_spec, feeds.feeds()), _UNRECOGNISED_SPEC, _DECISIONS_SPEC],
    check_specs=[
        dg.AssetCheckSpec(
            "nothing_lost", asset=DECISIONS, description="Every received row is accepted, held or withdrawn."
        )
    ],
)
def intake(context: dg.AssetExecutionContext, run: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    """A feed yields when something new arrived, the decisions always do. Chosen alone, feeds are pulled and nothing is
    decided, and decisions are made without a pull."""
    chosen = context.selected_asset_keys
    yield from _pulled(run, [feed for feed in feeds.feeds() if received(feed) in chosen])
    if UNRECOGNISED in chosen and (unrecognised := deciding.pull_unrecognised(run)):
        yield dg.MaterializeResult(asset_key=UNRECOGNISED, metadata={"deliveries": len(unrecognised)})
    if DECISIONS in chosen:
        yield from _decided(context, run)


def _pulled(run: steps.Run, chosen: Sequence[Feed]) -> Iterator[Any]:
    try:
        deliveries = deciding.pull(run, chosen=chosen) if chosen else []
    except OSError as error:  # what our own disk refuses may pass in a minute, unless it is full
        if mishaps.sentence(error, str(run.root.path)):
            raise
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=60) from error
    came = Counter((delivery.dataset, delivery.department) for delivery in deliveries)
    for feed in chosen:
        if count := came[feed.dataset, feed.department]:
            yield dg.MaterializeResult(asset_key=received(feed), metadata={"deliveries": count})


def _decided(context: dg.AssetExecutionContext, run: steps.Run) -> Iterator[Any]:
    decisions: list[Decision] = []
    for dataset, new in deciding.decide_new(run):
        if new:
            context.log_event(dg.AssetMaterialization(accepted(dataset), metadata=_counts(new)))
        decisions += new
    rows = _rows(decisions)
    yield dg.MaterializeResult(asset_key=DECISIONS, metadata=_counts(decisions))
    yield dg.AssetCheckResult(
        asset_key=DECISIONS,
        check_name="nothing_lost",
        passed=rows["received"] == rows["accepted"] + rows["held"] + rows["withdrawn"],
    )


def _counts(decisions: Sequence[Decision]) -> dict[str, int]:
    """How many submissions were decided, of what outcome, and their rows."""
    outcomes: Counter[str] = Counter(decision.outcome for decision in decisions)
    return {
        "submissions": len(decisions),
        **{f"{part}_rows": count for part, count in _rows(decisions).items()},
        **{name: outcomes[name] for name in OUTCOMES},
    }


def _rows(decisions: Sequence[Decision]) -> dict[str, int]:
    parts = ("received", "accepted", "held", "withdrawn")
    rows = Counter[str]()
    for decision in decisions:
        rows.update({part: getattr(decision.rows, part) for part in parts})
    return {part: rows[part] for part in parts}


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(assets=[*map(_accepted_spec, contract.names()), intake])
