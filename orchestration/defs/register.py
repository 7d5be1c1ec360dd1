"""The register: the Parquet tables that tell dbt what was delivered, decided, expected and found."""

import dagster as dg

from orchestration.defs import intake
from orchestration.defs.owners import ENGINEERS
from orchestration.pipeline import run as steps
from warehouse.vocabulary import contract


@dg.asset(
    key="register",
    group_name="register",
    owners=[ENGINEERS],
    kinds={"parquet"},
    deps=[intake.DECISIONS, *map(intake.accepted, contract.names())],
    description="What was delivered, decided, expected and found, across all current submissions.",
)
def register(run: dg.ResourceParam[steps.Run]) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"findings": steps.judge(run)})
