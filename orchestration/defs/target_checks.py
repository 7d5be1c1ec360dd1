"""The pace of each of the plan's targets, as a check for each. Told by the publication.

They are checks on the plan and not on the mart that shows them: every build makes that anew, and each check of it would
have to be told again.
"""

import dagster as dg

from orchestration.defs import told_checks
from orchestration.defs.dbt import MODELS
from orchestration.defs.links import links
from orchestration.defs.owners import BUREAU
from orchestration.defs.told_checks import Verdicts
from orchestration.pipeline import target_pace
from orchestration.pipeline.verdicts import Verdict
from pages import site_map
from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store.data_root import Root
from warehouse.vocabulary import reference

TARGETS = dg.AssetKey(["plan", "targets"])
SPECS = [
    dg.AssetCheckSpec(target["id"], asset=TARGETS, description=f"{target['title']}: not behind its pace, not missed.")
    for target in reference.table("targets")
]


def verdicts(root: Root, shown: Publication) -> Verdicts:
    bureau = links(root).page(site_map.BUREAU)
    return {
        dg.AssetCheckKey(TARGETS, target): (verdict, {"bureau": bureau, "rows": _rows(target, verdict)})
        for target, verdict in target_pace.target_pace(shown).items()
    }


def _rows(target: str, verdict: Verdict) -> dg.MetadataValue:
    return dg.MetadataValue.text(f"skills explain {target} --period {verdict.facts['period']}")


def _of_current(root: Root) -> Verdicts:
    current = publication.current(root)
    return verdicts(root, current) if current else {}


@dg.definitions
def defs() -> dg.Definitions:
    plan = dg.AssetSpec(
        TARGETS,
        deps=[MODELS["rpt_target_progress"].key],
        group_name="publication",
        owners=[BUREAU],
        kinds={"csv"},
        description="The plan's twenty targets: how far each is by the current publication is its check.",
    )
    return dg.Definitions(assets=[plan], asset_checks=[told_checks.by_hand("targets_as_published", SPECS, _of_current)])
