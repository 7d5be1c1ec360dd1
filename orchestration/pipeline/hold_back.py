"""Builds and tests the marts so that no sender's data stops them: what fails a test of senders' data is held back.

A row is held back where a row is the cause, else the whole submission, and what stood before it counts. Every build
begins with nothing held back, so that it depends on the snapshot, the as-of day and the bureau's releases alone, and
ends by itself when the test passes. Tests of our own logic stop a publication. Ends at a built database with what it
holds back beside it, or at one sentence; how dbt runs is `dbt`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import duckdb

from orchestration.pipeline import build_record, run_log
from orchestration.pipeline import run as steps
from orchestration.pipeline.dbt import Built
from orchestration.pipeline.run import Run
from warehouse.store import held_back, records
from warehouse.store.data_root import Root
from warehouse.store.held_back import NOTHING, Failure, Figures, HoldBack
from warehouse.vocabulary import clock

REBUILDS = 2
"""Once without what failed, once more since what stood before it may fail too or a release cannot be kept."""
_SHOWN = 3
_NAME = "target_id || '|' || reading || '|' || period"


@dataclass(frozen=True)
class Marts:
    """The last build, and in one sentence why it may not be published, if so."""

    built: Built
    stopped: str | None = None


def build(run: Run) -> Marts:
    """Builds, holds back what fails a test of senders' data and builds again, at most `REBUILDS` times.

    The register has been written with nothing held back; it is written again before each rebuild.
    """
    marts = _build(run)
    if marts.stopped:
        build_record.stopped(run.root, marts.stopped, clock.utc_text(run.now))
        run_log.tell(run.root, "publication_blocked", level="error", reason=marts.stopped)
    return marts


def _build(run: Run) -> Marts:
    build_record.built(run.root, False)
    released = {release.submission_id for release in records.read(run.root, records.Release)}
    held, figures = NOTHING, None
    for rebuilds in range(REBUILDS + 1):
        with run.stages.stage("dbt", f"without {len(held.failures):,} rows and submissions" if rebuilds else ""):
            built = run.dbt.build()
        suspects = _suspects(run.root, built)
        let_pass = [suspect for suspect in suspects if suspect.submission_id in released]
        caught = [suspect for suspect in suspects if suspect not in let_pass]
        if built.failed and not caught:
            caught = let_pass  # the bureau's word alone does not make our tables hold together
        held = replace(held, released=held_back.merged(held.released, let_pass))
        if not caught:
            break
        if rebuilds == REBUILDS:
            return Marts(built, _stopped_by_data(caught))
        if not rebuilds:
            figures = _figures(run.root)
        held = replace(
            held,
            failures=held_back.merged(held.failures, caught),
            contributed={**held.contributed, **_contributed(run.root, caught)},
        )
        run.hold_back(held)
        steps.judge(run)
    if built.failed:
        return Marts(built, stopped_by_logic(built))
    held_back.write(run.root, _with_effect(held, figures, _figures(run.root)))
    build_record.built(run.root, True)
    return Marts(built)


def build_without(run: Run, held: HoldBack) -> Marts:
    """One build without what an earlier one held back, to make it again; the register as in `build`."""
    if held.failures:
        run.hold_back(held)
        steps.judge(run)
    built = run.dbt.build()
    held_back.write(run.root, held)
    return Marts(built, stopped_by_logic(built) if built.failed else None)


def _suspects(root: Root, built: Built) -> list[Failure]:
    """What the tests of senders' data stored."""
    if not built.stored:
        return []
    suspects = []
    with duckdb.connect(str(root.database), read_only=True) as con:
        for test, relation in built.stored.items():
            for submission_id, field, row_index, row in con.execute(
                f"select submission_id, field, row_index, row_number from {relation}"
            ).fetchall():
                suspects.append(Failure(submission_id, test, field, row_index, row))
    return suspects


def _figures(root: Root) -> Figures | None:
    """Every figure of the database; none where it came to no figures."""
    with duckdb.connect(str(root.database), read_only=True) as con:
        try:
            return dict(
                con.execute(f"select {_NAME}, cast(actual as varchar) from marts.rpt_target_progress").fetchall()
            )
        except duckdb.CatalogException:
            return None


def _contributed(root: Root, caught: Iterable[Failure]) -> dict[str, Figures]:
    """Submission → what its rows that are now held back gave to each figure."""
    rows: dict[str, set[int | None]] = {}
    for failure in caught:
        rows.setdefault(failure.submission_id, set()).add(failure.row_index)
    with duckdb.connect(str(root.database), read_only=True) as con:
        try:
            return {
                submission_id: dict(
                    con.execute(
                        f"select {_NAME}, cast(sum(amount) as varchar) from marts.fct_target_contribution "
                        "where submission_id = $submission and ($whole or list_contains($rows, row_index)) "
                        "group by all order by all",
                        {
                            "submission": submission_id,
                            "whole": None in indexes,
                            "rows": sorted(index for index in indexes if index is not None),
                        },
                    ).fetchall()
                )
                for submission_id, indexes in rows.items()
            }
        except duckdb.CatalogException:
            return {}


def _with_effect(held: HoldBack, before: Figures | None, after: Figures | None) -> HoldBack:
    """Only the figures that differ: as they would be with what is held back, and as they are."""
    if before is None or after is None:
        return held
    differing = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return replace(
        held,
        before={name: before.get(name) for name in differing},
        after={name: after.get(name) for name in differing},
    )


def _told(parts: Sequence[str]) -> str:
    return "; ".join(parts[:_SHOWN]) + (f"; and {len(parts) - _SHOWN:,} more" if len(parts) > _SHOWN else "")


def _stopped_by_data(caught: Sequence[Failure]) -> str:
    told = [
        f"{failure.test} on {failure.submission_id}"
        + (f", row {failure.row} ({failure.field})" if failure.row_index is not None else "")
        for failure in caught
    ]
    return (
        f"Nothing new is published: after {REBUILDS} rebuilds without what failed, tests of senders' data still fail: "
        f"{_told(told)}. What stood before fails as well: have it corrected and sent again, or let the bureau release "
        "it (skills release), and run again."
    )


def stopped_by_logic(built: Built) -> str:
    """Our models or tests failed: nothing that a department could mend."""
    failed = {name: why for name, why in built.failed.items() if why != "skipped"} or built.failed
    told = [f"{name}: {why}" for name, why in failed.items()]
    return (
        f"Nothing new is published, what is published stays: {len(failed):,} of our own models or tests failed: "
        f"{_told(told)}. No department can mend this: look at the models and tests of those names in dbt_project over "
        "work/skills.duckdb, mend them or go back to the revision before, and run again."
    )
