"""The Dagster definitions: what `skills ui`, the schedules and the sensor run, and `skills run` too.

Dagster reads annotations as objects, so this module does without postponed ones.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from ingest import feed as feeds
from ingest import receive
from orchestration import lock, reporting, transform
from orchestration import run as steps
from orchestration.stages import Stages
from warehouse import contract, reference
from warehouse.paths import Root

BUREAU = "team:hrss-bureau"
ENGINEERS = "team:data-engineers"
_STAGES = Stages()  # of the run in this process; the in-process executor runs one at a time


def observe(stages: Stages) -> None:
    """Lets the command line follow the stages of the runs in this process."""
    global _STAGES
    _STAGES = stages


class DataRoot(dg.ConfigurableResource[steps.Run]):
    """The data root and what a run asks of it; holds the root's lock while the run lasts."""

    path: str = ""
    as_of: str = ""
    periods: list[str] = []
    departments: list[str] = []

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[steps.Run]:
        root = Root(Path(self.path)) if self.path else Root.default()
        run = steps.Run(
            root=root,
            as_of=dt.date.fromisoformat(self.as_of) if self.as_of else dt.date.today(),
            now=dt.datetime.now(dt.UTC),
            periods=tuple(self.periods),
            departments=tuple(self.departments),
            stages=_STAGES,
        )
        root.make()
        with lock.hold(root):
            run.open()
            try:
                yield run
            finally:
                run.close()


def _intake(dataset: str) -> dg.AssetsDefinition:
    """One multi-asset per dataset: a feed yields when something new arrived, `accepted/<dataset>` always does."""
    title = contract.dataset(dataset).title
    accepted = dg.AssetKey(["accepted", dataset])
    received = {
        one.department: dg.AssetKey(["received", dataset, one.department])
        for one in feeds.feeds()
        if one.dataset == dataset
    }
    specs = [
        dg.AssetSpec(
            received[one.department],
            skippable=True,
            group_name="received",
            owners=[ENGINEERS],
            description=f"{reference.codes('department')[one.department]}: {title}",
            metadata={"cadence": one.cadence, "channel": one.channel, "units": list(one.units)},
            kinds={"file"},
        )
        for one in feeds.feeds()
        if one.dataset == dataset
    ]
    specs.append(
        dg.AssetSpec(
            accepted,
            deps=list(received.values()),
            group_name="accepted",
            owners=[ENGINEERS],
            description=f"Checked rows of {dataset} ({title}), identifiers replaced by tokens.",
            kinds={"parquet"},
        )
    )

    @dg.multi_asset(
        name=f"intake_{dataset}",
        specs=specs,
        check_specs=[
            dg.AssetCheckSpec(
                "nothing_lost", asset=accepted, description="Every received row is accepted, held or withdrawn."
            )
        ],
    )
    def intake(context: dg.AssetExecutionContext, root: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
        try:
            new = steps.pull(root, dataset)
        except OSError as error:  # a channel that cannot be reached may be back in a minute
            raise dg.RetryRequested(max_retries=3, seconds_to_wait=60) from error
        for department, key in received.items():
            count = sum(delivery.department == department for delivery in new)
            if count:
                yield dg.MaterializeResult(asset_key=key, metadata={"deliveries": count})
        decisions = steps.decide(root, dataset, steps.to_decide(root, dataset))
        totals = [
            sum(getattr(one.rows, part) for one in decisions) for part in ("received", "accepted", "held", "withdrawn")
        ]
        outcomes = {
            outcome: sum(one.outcome == outcome for one in decisions)
            for outcome in ("accepted", "partly_accepted", "rejected", "unreadable")
        }
        yield dg.MaterializeResult(
            asset_key=accepted,
            metadata={
                "submissions": len(decisions),
                "received_rows": totals[0],
                "accepted_rows": totals[1],
                "held_rows": totals[2],
                "withdrawn_rows": totals[3],
                **outcomes,
            },
        )
        yield dg.AssetCheckResult(asset_key=accepted, check_name="nothing_lost", passed=totals[0] == sum(totals[1:]))
        context.log.info(f"{dataset}: {len(decisions)} submissions decided")

    return intake


@dg.asset(
    key=["received", "unrecognised"],
    group_name="received",
    owners=[ENGINEERS],
    kinds={"file"},
    description="Deliveries that fit no feed, kept with the reason why.",
)
def unrecognised(root: dg.ResourceParam[steps.Run]) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"deliveries": len(steps.pull_unrecognised(root))})


@dg.asset(
    key="register",
    group_name="register",
    owners=[ENGINEERS],
    kinds={"parquet"},
    deps=[["received", "unrecognised"], *(["accepted", dataset] for dataset in contract.names())],
    description="What was delivered, decided, expected and found, across all current submissions.",
)
def register_tables(root: dg.ResourceParam[steps.Run]) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"findings": steps.judge(root)})


_TRANSLATOR = DagsterDbtTranslator(
    DagsterDbtTranslatorSettings(enable_asset_checks=False, enable_duplicate_source_asset_keys=True)
)


@dbt_assets(manifest=transform.manifest(), dagster_dbt_translator=_TRANSLATOR, name="dbt")
def dbt_models(context: dg.AssetExecutionContext, root: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    with root.stages.stage("dbt"):
        built = root.dbt.build()
    keys = {key.path[-1]: key for key in context.selected_asset_keys}
    for model, seconds in built.models.items():
        yield dg.MaterializeResult(asset_key=keys[model], metadata={"seconds": seconds})
    if built.failed:
        raise dg.Failure(
            f"dbt: {len(built.failed)} models or tests failed, so nothing new is published: "
            + "; ".join(f"{name}: {why}" for name, why in built.failed.items()),
            allow_retries=False,
        )


@dg.asset(
    key="publication",
    group_name="publication",
    owners=[BUREAU],
    kinds={"duckdb"},
    deps=[key for key in dbt_models.keys if key.path[0] == "marts"],
    check_specs=[
        dg.AssetCheckSpec(
            "marts_published", asset="publication", description="The publication holds every mart that dbt built."
        )
    ],
    description="The marts as published: read-only DuckDB, Parquet, manifest.",
)
def published(root: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    publication_now, is_new = steps.publish(root)
    tables = publication_now.manifest["tables"]
    yield dg.MaterializeResult(
        metadata={
            "publication_id": publication_now.publication_id,
            "is_new": is_new,
            "rows": sum(table["rows"] for table in tables.values()),
        }
    )
    marts = {key.path[-1] for key in dbt_models.keys if key.path[0] == "marts"}
    yield dg.AssetCheckResult(check_name="marts_published", passed=marts <= tables.keys())


@dg.multi_asset(
    name="reports",
    specs=[
        *(
            dg.AssetSpec(
                ["report", code],
                skippable=True,
                group_name="report",
                owners=[BUREAU],
                kinds={"html"},
                deps=["publication", "register"],
                description=f"{name}: validation reports",
            )
            for code, name in reference.codes("department").items()
        ),
        dg.AssetSpec(
            ["report", "rules"],
            skippable=True,
            group_name="report",
            owners=[BUREAU],
            kinds={"html"},
            deps=["register"],
            description="A page for every rule: what, why, how to mend it, examples.",
        ),
        dg.AssetSpec(
            ["report", "bureau"],
            skippable=True,
            group_name="report",
            owners=[BUREAU],
            kinds={"html"},
            deps=["publication"],
            description="The bureau's page: targets, participations by month, the submission grid.",
        ),
    ],
)
def reports(root: dg.ResourceParam[steps.Run]) -> Iterator[Any]:
    """A department's reports yield only when a page of theirs changed."""
    for name, changed in reporting.reports(root):
        if changed:
            yield dg.MaterializeResult(asset_key=["report", name], metadata={"pages_changed": changed})


_INTAKES = [_intake(dataset) for dataset in contract.names()]
_BUILD = dg.AssetSelection.all() - dg.AssetSelection.groups("report")

collect = dg.define_asset_job("collect", _BUILD, description="Pull what is new, check, build, publish.")
report = dg.define_asset_job("report", dg.AssetSelection.groups("report"), description="Write the reports.")
pull_again = dg.define_asset_job(
    "pull_again",
    _BUILD,
    description="Pull chosen periods and departments again: set them under resources.root.config in the launchpad.",
)


@dg.op
def audit_stored(root: dg.ResourceParam[steps.Run]) -> None:
    """Runs the real Great Expectations suites over stored rows and compares their findings with the compiled SQL's."""
    from expectations import audit  # Great Expectations costs 4 s: only here

    audit.audit_held(root.root)


@dg.job(description="The real Great Expectations suites over stored submissions.")
def audit() -> None:
    audit_stored()


def _cadence_job(cadence: str) -> Any:
    datasets = sorted({one.dataset for one in feeds.feeds() if one.cadence == cadence})
    selection = dg.AssetSelection.assets(
        *(["accepted", dataset] for dataset in datasets),
        *(["received", one.dataset, one.department] for one in feeds.feeds() if one.dataset in datasets),
    )
    downstream = dg.AssetSelection.groups("register", "publication") | dg.AssetSelection.key_prefixes(
        "staging", "intermediate", "marts"
    )
    return dg.define_asset_job(f"collect_{cadence.replace('-', '_')}", selection | downstream)


_SCHEDULES = [
    dg.ScheduleDefinition(name="monthly", job=collect, cron_schedule="0 6 11 * *", execution_timezone="Asia/Shanghai"),
    dg.ScheduleDefinition(
        name="half_yearly",
        job=_cadence_job("half-yearly"),
        cron_schedule="0 7 16 1,7 *",
        execution_timezone="Asia/Shanghai",
    ),
    dg.ScheduleDefinition(
        name="yearly", job=_cadence_job("yearly"), cron_schedule="0 7 1 1,2,7 *", execution_timezone="Asia/Shanghai"
    ),
    dg.ScheduleDefinition(
        name="audit_monthly", job=audit, cron_schedule="0 3 20 * *", execution_timezone="Asia/Shanghai"
    ),
]


@dg.sensor(job=collect, minimum_interval_seconds=60, description="Starts one run for all that arrived since the last.")
def arrival(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    pending = receive.pending(Root.default(), feeds.feeds())
    if pending:
        digest = hashlib.sha256("\n".join(sorted(map(str, pending))).encode()).hexdigest()
        yield dg.RunRequest(run_key=digest)
    else:
        yield dg.SkipReason("nothing new in the inbox")


BY_COMMAND_LINE = {"skills/by": "command line"}
"""Tags of runs that `skills run` executes itself, reports included."""


def _report_after(status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    """A failed build never hides the reports: they are written after success and failure alike."""

    @dg.run_status_sensor(
        run_status=status,
        name=f"report_after_{status.value.lower()}",
        monitored_jobs=[collect, pull_again],
        request_job=report,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        if BY_COMMAND_LINE.items() <= context.dagster_run.tags.items():
            return dg.SkipReason("skills run writes its own reports")
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    return sensor


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(
        assets=[*_INTAKES, unrecognised, register_tables, dbt_models, published, reports],
        jobs=[collect, report, pull_again, audit],
        schedules=_SCHEDULES,
        sensors=[arrival, _report_after(dg.DagsterRunStatus.SUCCESS), _report_after(dg.DagsterRunStatus.FAILURE)],
        resources={"root": DataRoot()},
        executor=dg.in_process_executor,
    )
