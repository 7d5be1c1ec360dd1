"""The build, and the dbt models that it makes: keys, groups, owners and descriptions come from dbt's own manifest.

The models are made by the one asset `build/models`, all that is below a change together, so that no table shows
another day than its neighbour: to choose one alone is not offered. Each is told of when it was made; a model of which
nothing changed costs no event. The manifest is read here and not by dagster-dbt, whose import costs 1.5 s of every run.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import orjson

from orchestration.defs.owners import ENGINEERS
from orchestration.pipeline import dbt, hold_back
from orchestration.pipeline import run as steps
from orchestration.pipeline.dbt import Built
from warehouse.store.held_back import HoldBack

BUILD = dg.AssetKey(["build", "models"])
_MADE = ("model", "seed", "snapshot")


def _key(node: Mapping[str, Any]) -> dg.AssetKey:
    """What makes a source says its `meta`, else its own name."""
    if node["resource_type"] != "source":
        return dg.AssetKey([node["config"]["schema"], node["name"]])
    told = node["config"].get("meta", {}).get("dagster", {})
    return dg.AssetKey(told.get("asset_key") or [node["source_name"], node["name"]])


def _above(node: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> set[dg.AssetKey]:
    """What a model is made from; an ephemeral model is no table, so that what it is made from stands for it."""
    above = set()
    for name in node["depends_on"]["nodes"]:
        above |= _above(nodes[name], nodes) if _is_ephemeral(nodes[name]) else {_key(nodes[name])}
    return above


def _is_ephemeral(node: Mapping[str, Any]) -> bool:
    return bool(node["config"].get("materialized") == "ephemeral")


def _spec(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> dg.AssetSpec:
    above = _above(node, ChainMap(manifest["nodes"], manifest["sources"]))
    group = manifest["groups"][f"group.{node['package_name']}.{node['config']['group']}"]
    columns = [
        dg.TableColumn(column["name"], column["data_type"] or "?", column["description"])
        for column in node["columns"].values()
    ]
    return dg.AssetSpec(
        _key(node),
        deps=sorted(above, key=str),
        group_name=group["name"],
        owners=[group["owner"]["email"]],
        description=node["description"],
        kinds={"dbt", "duckdb"},
        tags=dict.fromkeys(node["tags"], ""),
        metadata={
            "dagster/column_schema": dg.TableSchema(columns),
            "dagster/table_name": f"{node['schema']}.{node['name']}",
        },
    )


def _specs() -> list[dg.AssetSpec]:
    manifest = orjson.loads(dbt.manifest().read_bytes())
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in _MADE and not _is_ephemeral(node)]
    return [_spec(node, manifest) for node in nodes]


MODELS = {spec.key.path[-1]: spec for spec in _specs()}
"""By name."""


@dg.asset(
    key=BUILD,
    group_name="build",
    owners=[ENGINEERS],
    kinds={"dbt", "duckdb"},
    deps=["register"],
    description="All models below what changed, built and tested; what fails a test of senders' data is held back.",
    check_specs=[
        dg.AssetCheckSpec(
            "data_tests", asset=BUILD, description="Every model was built and every dbt test of it holds."
        ),
        dg.AssetCheckSpec(
            "quarantine", asset=BUILD, description="Nothing is held back for failing a dbt test of senders' data."
        ),
    ],
)
def models(run: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    """A stopped build is told of by its models and checks before it fails."""
    marts = hold_back.build(run)
    for model, seconds in marts.built.models.items():
        yield dg.AssetMaterialization(MODELS[model].key, metadata={"seconds": seconds})
    yield data_tests(marts.built)
    yield quarantine(run.held_back)
    if marts.stopped:
        raise dg.Failure(marts.stopped, allow_retries=False)
    why = {"built_in_full_because": because} if (because := marts.built.whole_because) else {}
    yield dg.MaterializeResult(metadata={"models": len(marts.built.models), **why})


def data_tests(built: Built) -> dg.AssetCheckResult:
    """What stops a publication: our own models and tests."""
    failed = {name: why for name, why in built.failed.items() if why != "skipped"} or built.failed
    return dg.AssetCheckResult(
        check_name="data_tests",
        passed=not built.failed,
        description=hold_back.stopped_by_logic(built) if built.failed else None,
        metadata=_list([{"name": name, "why": why} for name, why in failed.items()]),
    )


def quarantine(held: HoldBack) -> dg.AssetCheckResult:
    """Nothing that stops a publication: the rest counts, and the bureau looks at what does not."""
    told = [
        {
            "test": failure.test,
            "submission": failure.submission_id,
            "row": failure.row if failure.row is not None else "all of it",
            "field": failure.field or "",
        }
        for failure in held.failures
    ]
    submissions = {failure.submission_id for failure in held.failures}
    return dg.AssetCheckResult(
        check_name="quarantine",
        passed=not told,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"Held back of {len(submissions):,} submissions: see skills status, and skills release."
        if told
        else None,
        metadata={"held_back_submissions": len(held.submissions), "held_back_rows": len(held.rows), **_list(told)},
    )


def _list(lines: list[dict[str, Any]]) -> dict[str, dg.MetadataValue]:
    return {"list": dg.MetadataValue.table([dg.TableRecord(line) for line in lines])} if lines else {}


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(assets=[*MODELS.values(), models])
