"""The publication: the marts that dbt built and tested, as readers open them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.defs.dbt import BUILD, MODELS
from orchestration.defs.owners import BUREAU
from orchestration.pipeline import run as steps

_MARTS = [spec.key for spec in MODELS.values() if spec.key.path[0] == "marts"]


@dg.asset(
    key="publication",
    group_name="publication",
    owners=[BUREAU],
    kinds={"duckdb"},
    deps=[BUILD, *_MARTS],
    check_specs=[
        dg.AssetCheckSpec(
            "marts_published", asset="publication", description="The publication holds every mart that dbt built."
        )
    ],
    description="The marts as published: read-only DuckDB, Parquet, manifest.",
)
def publication(run: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    published, is_new = steps.publish(run)
    tables = published.manifest["tables"]
    yield dg.MaterializeResult(
        metadata={
            "publication_id": published.publication_id,
            "is_new": is_new,
            "rows": sum(table["rows"] for table in tables.values()),
        }
    )
    yield dg.AssetCheckResult(check_name="marts_published", passed={key.path[-1] for key in _MARTS} <= tables.keys())
