"""The publication: the marts that dbt built and tested, as readers open them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.defs import target_checks, told_checks
from orchestration.defs.dbt import BUILD, MODELS
from orchestration.defs.links import links
from orchestration.defs.owners import BUREAU
from orchestration.pipeline import run as steps
from pages import site_map
from pages.write import dashboard

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
def publication(context: dg.AssetExecutionContext, run: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    published, is_new = steps.publish(run)
    tables = published.manifest["tables"]
    moved = list(told_checks.news(context.instance, target_checks.verdicts(run.root, published)))
    yield from moved
    yield dg.MaterializeResult(
        metadata={
            "publication_id": published.publication_id,
            "is_new": is_new,
            "dagster/row_count": sum(table["rows"] for table in tables.values()),
            "targets_moved": len(moved),
            "bureau": links(run.root).page(site_map.BUREAU),
            "dashboard": dg.MetadataValue.path(str(published.folder / dashboard.FOLDER / "index.html")),
            "folder": dg.MetadataValue.path(str(published.folder)),
            "difference": dg.MetadataValue.text("skills diff previous latest"),
        }
    )
    yield dg.AssetCheckResult(check_name="marts_published", passed={key.path[-1] for key in _MARTS} <= tables.keys())
