"""Judges what stands and writes the register's findings; what a judgement found is kept for the next.

The steps of one judgement in their order; each is `expectations`'. What pages tell between two builds is each
submission's own findings, and across submissions what the last build found. Ends at `finding.parquet` and counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations import cross_submission, finding_history, judgement_store, submission_findings
from expectations.across_tables import AcrossTables, RowParts, decided_parts, pinned_parts
from expectations.judgement_store import JudgementStore
from warehouse.store import snapshot
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import privacy
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.tables import JUDGED

FILE = "finding.parquet"
_COLUMNS = [f'"{name}"' for name in JUDGED.names]


@dataclass(frozen=True)
class Ground:
    """What is judged: where submissions stand, and the rows of what stands."""

    root: Root
    statuses: Sequence[SubmissionStatus]
    parts: RowParts
    key: Key


def row_parts(
    root: Root, statuses: Sequence[SubmissionStatus], pinned: snapshot.Parts, left_out: snapshot.Rows
) -> RowParts:
    """What a build reads; but rows that it leaves out are judged like all others, so that one orphans nobody."""
    submissions = {submission_id for submission_id, _ in left_out}
    places = {
        (status.decision.submission.dataset, status.decision.submission.period)
        for status in statuses
        if status.decision.submission_id in submissions
    }
    parts = pinned_parts(root, pinned)
    of_places = [
        status
        for status in statuses
        if (status.decision.submission.dataset, status.decision.submission.period) in places
    ]
    for dataset, by_period in decided_parts(root, of_places).items():
        parts.setdefault(dataset, {}).update(by_period)
    return parts


def judge(con: duckdb.DuckDBPyConnection, ground: Ground) -> finding_history.Counts:
    """Writes the findings of all submissions, each alone and against each other; how many each has."""

    def across(store: JudgementStore) -> None:
        cross_submission.judge(store, AcrossTables(store, ground.root, ground.statuses, ground.parts))

    return _written(con, ground, across, ground.root.judged, ground.root.register)


def tell(
    con: duckdb.DuckDBPyConnection, root: Root, statuses: Sequence[SubmissionStatus], key: Key
) -> finding_history.Counts:
    """Writes for pages the findings of each submission alone, and those across that the last build found of what still
    stands; how many each has."""
    built = root.register / FILE
    standing = [status.decision.submission_id for status in statuses if status.stands]

    def across(_: JudgementStore) -> None:
        con.register("typed", JUDGED.empty_table())
        con.register("standing", pa.table({"submission_id": pa.array(standing, pa.string())}))
        # What an earlier program built lacks columns.
        judged = f"(from typed union all by name from read_parquet('{built}'))" if built.is_file() else "typed"
        con.execute(
            f"create or replace temp table across_finding as select {', '.join(_COLUMNS)} from {judged} "
            "semi join standing using (submission_id) where scope = 'across'"
        )

    return _written(con, Ground(root, statuses, {}, key), across, _told_store(root), root.told)


def has_told(root: Root) -> bool:
    """Whether what was found in what was decided before is kept, so that telling of one submission reads its own."""
    return _told_store(root).exists()


def _told_store(root: Root) -> Path:
    return root.work / "told.duckdb"


def _written(
    con: duckdb.DuckDBPyConnection,
    ground: Ground,
    across: Callable[[JudgementStore], None],
    store_file: Path,
    folder: Path,
) -> finding_history.Counts:
    """A store that is damaged where nothing read until now is made anew; else it fails again."""
    privacy.install(con, ground.key)
    try:
        return _write(con, ground, across, store_file, folder)
    except duckdb.Error:
        if not store_file.exists():
            raise
        judgement_store.remove(store_file)
        return _write(con, ground, across, store_file, folder)


def _write(
    con: duckdb.DuckDBPyConnection,
    ground: Ground,
    across: Callable[[JudgementStore], None],
    store_file: Path,
    folder: Path,
) -> finding_history.Counts:
    with judgement_store.opened(con, store_file, judgement_store.version(ground.key)) as store:
        submission_findings.lay(store, ground.root, ground.statuses)
        across(store)
        store.forget_unused()
        finding_history.lay_statuses(con, ground.statuses)
        finding_history.lay_findings(con)
        folder.mkdir(parents=True, exist_ok=True)
        finding_history.remember(con, folder / FILE)
        return finding_history.counts(con)
