"""Asset checks that are told as soon as what they say is another, beside whatever a run makes.

Dagster plans a check that belongs to a job, and shows one that was planned and not made as skipped; an evaluation costs
5 ms. So no job has these among its own: what a step logs of them are those alone that differ from what was told last,
or that were told before their asset was made last, which Dagster no longer shows. By hand each can be made at any time.
What they say is `orchestration.pipeline`'s verdicts.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.pipeline.verdicts import Severity, Verdict
from warehouse.store.data_root import Root

Verdicts = Mapping[dg.AssetCheckKey, tuple[Verdict, Mapping[str, dg.MetadataValue]]]
"""Check → what it says, with the links that belong to it."""
_SEVERITIES: dict[Severity | None, dg.AssetCheckSeverity] = {
    "warn": dg.AssetCheckSeverity.WARN,
    "error": dg.AssetCheckSeverity.ERROR,
    None: dg.AssetCheckSeverity.ERROR,
}


def news(instance: dg.DagsterInstance, verdicts: Verdicts) -> Iterator[dg.AssetCheckEvaluation]:
    """Evaluations that differ from what is shown of their check."""
    told = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(verdicts))
    materialised = _materialised(instance, {key.asset_key for key in verdicts})
    for key, (verdict, links) in verdicts.items():
        evaluation = dg.AssetCheckEvaluation(asset_key=key.asset_key, check_name=key.name, **_facts(verdict, links))
        event = told[key].event if key in told else None
        before = event.dagster_event.event_specific_data if event and event.dagster_event else None
        is_shown = event is not None and event.timestamp > materialised.get(key.asset_key, 0)
        if not is_shown or not isinstance(before, dg.AssetCheckEvaluation) or _said(before) != _said(evaluation):
            yield evaluation


def _materialised(instance: dg.DagsterInstance, assets: Collection[dg.AssetKey]) -> dict[dg.AssetKey, float]:
    """When each was materialised last, seconds since 1970."""
    entries = [record.asset_entry for record in instance.get_asset_records(list(assets))]
    return {entry.asset_key: event.timestamp for entry in entries if (event := entry.last_materialization)}


def by_hand(
    name: str, specs: list[dg.AssetCheckSpec], verdicts: Callable[[Root], Verdicts]
) -> dg.AssetChecksDefinition:
    """The checks as people start them: asked of the default data root."""

    @dg.multi_asset_check(name=name, specs=specs, can_subset=True)
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        chosen = context.selected_asset_check_keys
        for key, (verdict, links) in verdicts(Root.default()).items():
            if key in chosen:
                yield dg.AssetCheckResult(asset_key=key.asset_key, check_name=key.name, **_facts(verdict, links))

    return checks


def _facts(verdict: Verdict, links: Mapping[str, dg.MetadataValue]) -> dict[str, Any]:
    known = {name: value for name, value in verdict.facts.items() if value is not None}
    return {
        "passed": verdict.severity is None,
        "severity": _SEVERITIES[verdict.severity],
        "description": verdict.sentence,
        "metadata": {**links, **({"list": _table(verdict)} if verdict.table else {}), **known},
    }


def _table(verdict: Verdict) -> dg.TableMetadataValue:
    columns = list(map(dg.TableColumn, verdict.table[0]))
    return dg.MetadataValue.table(list(map(_record, verdict.table)), dg.TableSchema(columns))


def _record(line: Mapping[str, Any]) -> dg.TableRecord:
    return dg.TableRecord({name: "" if fact is None else fact for name, fact in line.items()})


def _said(evaluation: dg.AssetCheckEvaluation) -> tuple[object, ...]:
    return evaluation.passed, evaluation.severity, evaluation.description, dict(evaluation.metadata)
