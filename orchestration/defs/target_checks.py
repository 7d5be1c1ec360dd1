"""The pace of each of the plan's targets, as checks on the mart that shows it. Told by the publication."""

import dagster as dg

from orchestration.defs import told_checks
from orchestration.defs.dbt import MODELS
from orchestration.defs.links import links
from orchestration.defs.told_checks import Verdicts
from orchestration.pipeline import target_pace
from pages import site_map
from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference

_MART = MODELS["rpt_target_progress"].key
SPECS = [
    dg.AssetCheckSpec(target["id"], asset=_MART, description=f"{target['title']}: not behind its pace, not missed.")
    for target in reference.table("targets")
]


def verdicts(root: Root, shown: Publication) -> Verdicts:
    told = {
        "bureau": links(root).page(site_map.BUREAU),
        "rows": dg.MetadataValue.text("skills explain TARGET --period PERIOD"),
    }
    return {
        dg.AssetCheckKey(_MART, target): (verdict, told) for target, verdict in target_pace.target_pace(shown).items()
    }


def _of_current(root: Root) -> Verdicts:
    current = publication.current(root)
    return verdicts(root, current) if current else {}


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(asset_checks=[told_checks.by_hand("targets_as_published", SPECS, _of_current)])
