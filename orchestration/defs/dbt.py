"""The dbt models as assets: keys, groups, owners and descriptions come from the dbt project itself.

All are made together or not at all: every build starts a new database from one register, so that no table shows
another day than its neighbour. To choose one alone is therefore not offered.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, build_dbt_asset_specs

from orchestration.pipeline import dbt, hold_back
from orchestration.pipeline import run as steps

# One check per gate instead of one per dbt test: an event costs 12–16 ms, a dbt test's 25.
_TRANSLATOR = DagsterDbtTranslator(
    DagsterDbtTranslatorSettings(enable_asset_checks=False, enable_duplicate_source_asset_keys=True)
)


@dg.multi_asset(
    name="dbt",
    specs=build_dbt_asset_specs(manifest=dbt.manifest(), dagster_dbt_translator=_TRANSLATOR),
    can_subset=False,
)
def dbt_models(context: dg.AssetExecutionContext, run: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    marts = hold_back.build(run)
    keys = {key.path[-1]: key for key in context.selected_asset_keys}
    for model, seconds in marts.built.models.items():
        yield dg.MaterializeResult(asset_key=keys[model], metadata={"seconds": seconds})
    if marts.stopped:
        raise dg.Failure(marts.stopped, allow_retries=False)
