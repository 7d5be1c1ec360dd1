"""The reference tables as assets that nothing here makes: people change them, dbt and the checks read them."""

import dagster as dg

from orchestration.defs.owners import BUREAU
from warehouse.vocabulary import reference


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(
        assets=[
            dg.AssetSpec(
                ["reference", name],
                group_name="reference",
                owners=[BUREAU],
                kinds={"csv"},
                description=f"Reference table warehouse/reference/{name}.csv; its source stands in SOURCES.md there.",
            )
            for name in reference.names()
        ]
    )
