"""The checks on each feed: how it is as decided now. Told by the reports, which every run that decides writes; a feed
that is not well is red by itself, and the run that tells it is not."""

import dagster as dg

from ingest import feed as feeds
from ingest.feed import Feed
from orchestration.defs import told_checks
from orchestration.defs.intake import received
from orchestration.defs.links import Links, links
from orchestration.defs.told_checks import Verdicts
from orchestration.pipeline import feed_health
from orchestration.pipeline.verdicts import Verdict
from pages import site_map
from pages.gather import status
from pages.gather.status import StatusFacts
from warehouse.store.data_root import Root


def verdicts(root: Root, told: StatusFacts | None) -> Verdicts:
    health, to = feed_health.feed_health(root, told), links(root)
    return {
        dg.AssetCheckKey(received(feed), name): (verdict, _links(to, feed, verdict))
        for feed in feeds.feeds()
        for name, verdict in health.get(feed_health.key_of(feed), {}).items()
    }


def _links(to: Links, feed: Feed, verdict: Verdict) -> dict[str, dg.MetadataValue]:
    told = {
        "status": to.page(f"{site_map.STATUS}#{site_map.status_line(feed.department, feed.dataset)}"),
        "department": to.page(site_map.unit_index(verdict.unit or feed.department)),
    }
    if verdict.unit and verdict.submission_id:
        told["report"] = to.page(site_map.report(verdict.unit, verdict.submission_id))
        if verdict.has_workbook:
            told["workbook"] = to.file(site_map.correction_workbook(verdict.unit, verdict.submission_id))
    return told


def _of_default(root: Root) -> Verdicts:
    return verdicts(root, status.status(root))


SPECS = [
    dg.AssetCheckSpec(name, asset=received(feed), description=description)
    for feed in feeds.feeds()
    for name, description in feed_health.CHECKS.items()
]


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(asset_checks=[told_checks.by_hand("feeds_as_told", SPECS, _of_default)])
