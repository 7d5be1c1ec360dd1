"""`skills rules diff`: what the working tree's checks would judge otherwise than those of an earlier revision.

Reads what is stored and judges it twice; stores nothing, spills nothing, changes no file. Contracts and reference
tables are the working tree's on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import duckdb

from expectations import compiled, cross_submission, difference
from expectations.check import check
from expectations.compiled import ACROSS, Check
from expectations.difference import Change, Difference
from expectations.versions import rules_version
from ingest import correction_chain, receive
from ingest.pool import Pool
from ingest.shape import shape
from orchestration.pipeline import rules_revision
from orchestration.pipeline import run as steps
from orchestration.pipeline.rules_revision import Revision
from warehouse.store import keys, records, register
from warehouse.store.data_root import Root
from warehouse.store.register import SubmissionStatus
from warehouse.vocabulary import contract
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Submission

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

    The newest submission of every key is replayed, of one department or of all. `tell` is called with what is under
    way.
    """
    names = (*contract.names(), ACROSS)
    before = rules_revision.checks_at(since, names)
    sides = {name: (before.checks[name], compiled.load(name)) for name in names}
    found = [
        (name, change)
        for name, pair in sides.items()
        for change in difference.changes(*pair)
        if dataset in (None, change.dataset)
    ]
    made = Preview(before, [change for _, change in found])
    concerned = dict.fromkeys(name for name, change in found if change.is_judging)
    if concerned:
        _replay(root, made, {name: sides[name] for name in concerned}, department, dataset, tell)
    return made


def _replay(
    root: Root,
    made: Preview,
    sides: dict[str, Sides],
    department: str | None,
    dataset: str | None,
    tell: Callable[[str], None],
) -> None:
    if not receive.deliveries(root):
        raise OperatorError(f"Nothing was received under {root.path} yet: call skills run before a preview.")
    waiting = sum(len(steps.undecided(root, name)) for name in sides if name != ACROSS)
    if waiting:
        raise OperatorError(
            f"{waiting} received submissions wait for their decision: let the run end, or call "
            "skills run, and ask again."
        )
    standing = register.standings(receive.deliveries(root), register.decisions(root), rules_version())
    wanted = [
        one
        for one in standing
        if department in (None, one.decision.submission.department)
        and dataset in (None, one.decision.submission.dataset)
    ]
    with Pool() as readers:
        for name, pair in sides.items():
            tell(name)
            unknown = difference.unknown_fields(pair[0])
            if unknown:
                made.not_replayed[name] = f"the contracts no longer have {', '.join(unknown)}"
                continue
            try:
                if name == ACROSS:
                    _judge(root, made.difference, pair, standing, wanted)
                else:
                    newest = [one for one in wanted if one.is_newest and one.decision.submission.dataset == name]
                    _check(root, made.difference, pair, name, newest, readers)
            except (duckdb.BinderException, duckdb.CatalogException) as error:
                made.not_replayed[name] = str(error).splitlines()[0]


def _check(
    root: Root, found: Difference, sides: Sides, dataset: str, newest: Iterable[SubmissionStatus], readers: Pool
) -> None:
    names = correction_chain.newest_names(receive.deliveries(root))
    exceptions = records.read(root, records.ApprovedException)
    for batch in _batches(newest):
        waiting = [names[one.decision.submission_id] for one in batch]
        rows, readings = steps.read(root, waiting, readers)
        submissions = [submission for submission, _ in waiting]
        shaped = shape(dataset, rows, {one.submission_id: one for one in submissions})
        del rows
        with steps.connect(None) as con:
            before, after = (
                check(
                    con,
                    contract.dataset(dataset),
                    shaped,
                    list(zip(submissions, readings, strict=True)),
                    None,
                    exceptions=exceptions,
                    checks=checks,
                )
                for checks in sides
            )
            found.add(con, before, after)


def _batches(standing: Iterable[SubmissionStatus]) -> Iterator[list[SubmissionStatus]]:
    batch: list[SubmissionStatus] = []
    rows = 0
    for one in standing:
        if batch and rows + one.decision.rows.received > BATCH_ROWS:
            yield batch
            batch, rows = [], 0
        batch.append(one)
        rows += one.decision.rows.received
    if batch:
        yield batch


def _judge(
    root: Root,
    found: Difference,
    sides: Sides,
    standing: Sequence[SubmissionStatus],
    wanted: Iterable[SubmissionStatus],
) -> None:
    """The rules across submissions over what stands accepted now, whatever the other checks would change in that."""
    submissions: dict[str, Submission] = {one.decision.submission_id: one.decision.submission for one in wanted}
    with steps.connect(None) as con:
        before, after = (cross_submission.judge(con, root, standing, keys.load_key(root), checks) for checks in sides)
        found.add_findings(con, before, after, submissions)


def as_json(made: Preview) -> dict[str, Any]:
    """The whole preview; places without values."""
    found = made.difference
    return {
        "since": {"revision": made.since.name, "commit": made.since.commit},
        "contracts_and_reference_tables": "working tree",
        "changes": [asdict(change) for change in made.changes],
        "rules": [asdict(found.moved[key]) for key in sorted(found.moved)],
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
            for turn in found.turns
        ],
        "departments": {code: asdict(found.departments[code]) for code in sorted(found.departments)},
        "not_replayed": made.not_replayed,
    }


def not_replayed(made: Preview) -> Iterator[str]:
    """A sentence for each dataset whose two sets of checks do not run side by side."""
    for name, reason in made.not_replayed.items():
        yield (
            f"{name} was not replayed: the checks of {made.since.name} do not fit the working tree's contracts and "
            f"reference tables ({reason})."
        )


def summary(made: Preview) -> str:
    """The closing sentence."""
    kinds = {
        kind: sum(change.kind == kind for change in made.changes) for kind in ("new", "changed", "removed", "reworded")
    }
    since = f"{made.since.name} ({made.since.commit[:7]})"
    if not made.changes:
        return (
            f"No compiled check differs from {since}: after a change to a rule call python -m "
            "expectations.compile first."
        )
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    if not any(change.is_judging for change in made.changes):
        return f"Checks since {since}: {told}; none judges differently, so nothing was replayed."
    moved, own = made.difference.moved.values(), made.difference.departments.values()
    checked = (
        f"of {sum(one.submissions for one in own):,} submissions checked again with "
        f"{sum(one.rows for one in own):,} rows {len(made.difference.turns):,} get another outcome, held rows "
        f"{sum(one.held_before for one in own):,} → {sum(one.held_after for one in own):,}"
        if own
        else "no submission was checked again"
    )
    return (
        f"Checks since {since}: {told}; {sum(one.found for one in moved):,} findings come, "
        f"{sum(one.gone for one in moved):,} go, {sum(one.regraded for one in moved):,} change their severity; "
        f"{checked}; contracts and reference tables are the working tree's on both sides, and nothing was stored."
    )
