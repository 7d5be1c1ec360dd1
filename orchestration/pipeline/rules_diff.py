"""`skills rules diff`: what the working tree's checks would judge otherwise than those of an earlier revision.

Reads what is stored and judges it twice; stores nothing, spills nothing, changes no file. Contracts and reference
tables are the working tree's on both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

import duckdb
import pyarrow as pa

from expectations import check_difference, compiled, cross_submission, judgement_store
from expectations.across_tables import AcrossTables, decided_parts
from expectations.check import Batch, Checked, check
from expectations.check_difference import Change, Difference, Kind, Moved, Replayed
from expectations.compiled import ACROSS, Check
from expectations.judgement_store import JudgementStore
from ingest import correction_chain, receive
from ingest.correction_chain import Waiting
from ingest.pool import Pool
from ingest.shape import shape
from orchestration.pipeline import batches, deciding, history, rules_revision
from orchestration.pipeline.read_ahead import ReadAhead
from orchestration.pipeline.rules_revision import Revision
from orchestration.pipeline.working_database import connect
from warehouse.store import keys, records, standing
from warehouse.store.data_root import Root
from warehouse.store.standing import History, SubmissionStatus
from warehouse.vocabulary import clock, contract, privacy
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Submission
from warehouse.vocabulary.tables import JUDGED

BATCH_ROWS = 100_000
"""Rows judged at once: a check looks at its own submission only, so that memory does not grow with what is stored."""
Sides = tuple[Sequence[Check], Sequence[Check]]


@dataclass(frozen=True)
class Preview:
    """The changes since a revision and what they would do; `not_replayed`: dataset → why its checks were not."""

    since: Revision
    changes: list[Change]
    difference: Difference = field(default_factory=Difference)
    not_replayed: dict[str, str] = field(default_factory=dict)


def preview(
    root: Root,
    since: str,
    department: str | None = None,
    dataset: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Preview:
    """Replays every dataset whose checks judge differently since the revision, and the rules across submissions.

    What stands of every key, or was returned last, is replayed, of one department or of all. `tell` is called with
    what is under way.
    """
    names = (*contract.names(), ACROSS)
    before = rules_revision.checks_at(since, names)
    sides = {name: (before.checks[name], compiled.load(name)) for name in names}
    changes = [
        (name, change)
        for name, pair in sides.items()
        for change in check_difference.changes(*pair)
        if dataset in (None, change.dataset)
    ]
    preview = Preview(before, [change for _, change in changes])
    concerned = dict.fromkeys(name for name, change in changes if change.is_judging)
    if concerned:
        _replay(root, preview, {name: sides[name] for name in concerned}, department, dataset, tell)
    return preview


def _replay(
    root: Root,
    preview: Preview,
    sides: dict[str, Sides],
    department: str | None,
    dataset: str | None,
    tell: Callable[[str], None],
) -> None:
    if not receive.deliveries(root):
        raise OperatorError(f"Nothing was received under {root.path} yet: call skills run before a preview.")
    waiting = sum(len(deciding.undecided(root, name)) for name in sides if name != ACROSS)
    if waiting:
        raise OperatorError(
            f"{waiting} received submissions wait for their decision: let the run end, or call "
            "skills run, and ask again."
        )
    known = history.history(root, clock.today())
    statuses = standing.statuses(known)
    wanted = [
        status
        for status in statuses
        if department in (None, status.decision.submission.department)
        and dataset in (None, status.decision.submission.dataset)
    ]
    with Pool() as readers:
        for name, pair in sides.items():
            tell(name)
            unknown = check_difference.unknown_fields(pair[0])
            if unknown:
                preview.not_replayed[name] = f"the contracts no longer have {', '.join(unknown)}"
                continue
            try:
                if name == ACROSS:
                    _judge(root, preview.difference, pair, statuses, wanted)
                else:
                    shown = [
                        status
                        for status in wanted
                        if status.represents_key and status.decision.submission.dataset == name
                    ]
                    _check(root, preview.difference, pair, shown, readers, known)
            except (duckdb.BinderException, duckdb.CatalogException) as error:
                preview.not_replayed[name] = str(error).splitlines()[0]


def _check(
    root: Root, gathered: Difference, sides: Sides, shown: Iterable[SubmissionStatus], readers: Pool, known: History
) -> None:
    """`shown`: of one dataset."""
    names = correction_chain.newest_names(known.deliveries)
    exceptions = records.read(root, records.ApprovedException)

    def judged(waiting: Waiting, _: Waiting) -> list[tuple[Checked, Checked]]:
        _, rows, readings = deciding.read(root, waiting, ReadAhead(readers), known)
        submissions = [submission for submission, _ in waiting]
        dataset = submissions[0].dataset
        shaped = shape(dataset, rows, {submission.submission_id: submission for submission in submissions})
        del rows
        with connect(None) as con:
            before, after = (
                check(
                    con,
                    Batch(
                        contract.dataset(dataset),
                        shaped,
                        list(zip(submissions, readings, strict=True)),
                        key=None,
                        exceptions=exceptions,
                        checks=checks,
                    ),
                )
                for checks in sides
            )
        return [(before, after)]

    for batch in _batches(shown):
        waiting = [names[status.decision.submission_id] for status in batch]
        for before, after in batches.fitting(judged, waiting):
            with connect(None) as con:
                gathered.add(con, before, after)


def _batches(statuses: Iterable[SubmissionStatus]) -> Iterator[list[SubmissionStatus]]:
    batch: list[SubmissionStatus] = []
    rows = 0
    for status in statuses:
        if batch and rows + status.decision.rows.received > BATCH_ROWS:
            yield batch
            batch, rows = [], 0
        batch.append(status)
        rows += status.decision.rows.received
    if batch:
        yield batch


def _judge(
    root: Root,
    gathered: Difference,
    sides: Sides,
    statuses: Sequence[SubmissionStatus],
    wanted: Iterable[SubmissionStatus],
) -> None:
    """The rules across submissions over what stands accepted now, whatever the other checks would change in that."""
    submissions: dict[str, Submission] = {
        status.decision.submission_id: status.decision.submission for status in wanted
    }
    key = keys.load_key(root)
    with connect(None) as con, judgement_store.opened(con, None, judgement_store.version(key)) as store:
        privacy.install(con, key)
        tables = AcrossTables(store, root, statuses, decided_parts(root, statuses))
        before, after = (_across(store, tables, checks) for checks in sides)
        gathered.add_findings(con, before, after, submissions)


def _across(store: JudgementStore, tables: AcrossTables, checks: Sequence[Check]) -> pa.Table:
    cross_submission.judge(store, tables, checks)
    return store.con.execute(f"from {cross_submission.ACROSS.name}").to_arrow_table().cast(JUDGED)


def as_json(preview: Preview) -> dict[str, Any]:
    """The whole preview; places without values."""
    gathered = preview.difference
    return {
        "since": {"revision": preview.since.name, "commit": preview.since.commit},
        "contracts_and_reference_tables": "working tree",
        "changes": [asdict(change) for change in preview.changes],
        "rules": [_moved_json(gathered.moved[key]) for key in sorted(gathered.moved)],
        "outcomes": [
            {
                "submission_id": turn.submission.submission_id,
                "dataset": turn.submission.dataset,
                "department": turn.submission.department,
                "before": turn.before,
                "after": turn.after,
                "held_before": turn.held_before,
                "held_after": turn.held_after,
            }
            for turn in gathered.turns
        ],
        "departments": {code: asdict(gathered.departments[code]) for code in sorted(gathered.departments)},
        "not_replayed": preview.not_replayed,
    }


def _moved_json(moved: Moved) -> dict[str, Any]:
    """`found`, `gone` and `regraded` as the moves of the places are called."""
    return {"found" if name == "newly_found" else name: fact for name, fact in asdict(moved).items()}


def not_replayed(preview: Preview) -> Iterator[str]:
    """A sentence for each dataset whose two sets of checks do not run side by side."""
    for name, reason in preview.not_replayed.items():
        yield (
            f"{name} was not replayed: the checks of {preview.since.name} do not fit the working tree's contracts and "
            f"reference tables ({reason})."
        )


def summary(preview: Preview) -> str:
    """The closing sentence."""
    counts = Counter(change.kind for change in preview.changes)
    since = f"{preview.since.name} ({preview.since.commit[:7]})"
    if not preview.changes:
        return (
            f"No compiled check differs from {since}: after a change to a rule call python -m "
            "expectations.compile first."
        )
    told = ", ".join(f"{counts[kind]} {kind}" for kind in get_args(Kind) if counts[kind])
    if not any(change.is_judging for change in preview.changes):
        return f"Checks since {since}: {told}; none judges differently, so nothing was replayed."
    moved, departments = preview.difference.moved.values(), preview.difference.departments.values()
    come, gone = sum(rule.newly_found for rule in moved), sum(rule.gone for rule in moved)
    regraded = sum(rule.regraded for rule in moved)
    return (
        f"Checks since {since}: {told}; {come:,} findings come, {gone:,} go, {regraded:,} change their severity; "
        f"{_checked_again(departments, len(preview.difference.turns))}; contracts and reference tables are the "
        "working tree's on both sides, and nothing was stored."
    )


def _checked_again(departments: Collection[Replayed], turns: int) -> str:
    """How much was judged twice, and how much of it otherwise; `turns`: submissions with another outcome."""
    if not departments:
        return "no submission was checked again"
    submissions = sum(replayed.submissions for replayed in departments)
    rows = sum(replayed.rows for replayed in departments)
    held_before = sum(replayed.held_before for replayed in departments)
    held_after = sum(replayed.held_after for replayed in departments)
    return (
        f"of {submissions:,} submissions checked again with {rows:,} rows {turns:,} get another outcome, held rows "
        f"{held_before:,} → {held_after:,}"
    )
