"""What a data root still needs: to decide, to build, its reports alone, or nothing.

Asked by the command line and by the sensor. Looks, and changes nothing; which step does it is `run`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from typing import Literal

from ingest import receive
from orchestration.pipeline import build_record, confirmations, deciding
from orchestration.pipeline.run import Run, basis, reports_basis
from pages.write import reports
from warehouse.published import publication
from warehouse.store import log, publication_basis, publication_log
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract

Need = Literal["intake", "build", "reports"]
QUIET = dt.timedelta(minutes=3)
"""So long nothing was decided or recorded before a build that nobody asked for: a department sends several files."""
LONGEST = dt.timedelta(hours=1)
"""A build waits no longer than this after the one before, however much arrives."""
_ALL = 10**6
"""Megabytes: more than any inbox holds."""


def waiting(run: Run) -> list[str]:
    """What arrived, which sources can no longer be reached or can again, and what was received without being decided or
    taken as an answer, each by a name that is another for other content.

    Where a person waits, all that is due to be read again is; where nobody does, a part of it at each look.
    """
    recheck_mb = _ALL if run.is_attended else receive.RECHECK_MB
    with closing(receive.look(run.root, waits=run.is_attended, as_of=run.as_of, now=run.now)) as look:
        arrived = receive.pending(run.root, channel=look, now=run.now, recheck_mb=recheck_mb)
        turned = look.turned()
    undecided = [
        submission.submission_id
        for dataset in contract.names()
        for submission, _ in run.lost.readable(deciding.undecided(run.root, dataset))
    ]
    sheets = [sheet for dataset in contract.names() for sheet in confirmations.waiting(run.root, dataset)]
    return [*map(str, arrived), *turned, *undecided, *sheets]


def need(run: Run) -> Need | None:
    """What a run that a person asked for has to do; a build begins with deciding."""
    if run.periods or run.departments or waiting(run) or not _is_built(run):
        return "build"
    current, record = publication.current_if_whole(run.root), build_record.read(run.root)
    if current is None or record is None or record.publication_id != current.publication_id:
        return "build"
    return None if _are_reported(run) else "reports"


def unattended_need(run: Run, arrived: Sequence[str]) -> Need | None:
    """What a run that nobody asked for has to do. `arrived`: what is `waiting`.

    Where a person went back to an earlier publication, no other day or version turns it away: only what is decided or
    recorded since does.
    """
    if arrived:
        return "intake"
    current = publication.current_if_whole(run.root)
    if current is None and run.root.current.is_symlink():
        return "build"  # it is damaged, and is published again
    is_stale = receive.deliveries(run.root) and not _is_built(run)
    if is_stale and not _went_back(run.root, current) and _is_quiet(run):
        return "build"
    return None if current is None or _are_reported(run) else "reports"


def _is_quiet(run: Run) -> bool:
    """Whether a build now is not likely to be the first of several, or has been put off for long."""
    silent = (run.root.publications, run.root.pulls)
    told = [path.stat().st_mtime for path in log.paths(run.root) if path.exists() and path not in silent]
    changed = dt.datetime.fromtimestamp(max(told, default=0), dt.UTC)
    record = run.root.build_record
    built = dt.datetime.fromtimestamp(record.stat().st_mtime, dt.UTC) if record.exists() else None
    return run.now - changed >= QUIET or built is None or run.now - built >= LONGEST


def digest(run: Run, arrived: Sequence[str]) -> str:
    """Another one whenever there is other work to do, or the same work on another basis."""
    facts = [arrived, basis(run)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _went_back(root: Root, current: publication.Publication | None) -> bool:
    """Whether a person chose what is shown although a newer publication stands, and nothing is known that was not
    known to the newest."""
    if current is None or not publication_log.is_choice(root, current.publication_id):
        return False
    newest = publication.publications(root)[-1]
    known = {"logs": log.known(root)}
    return publication.is_older(current, newest) and not publication_basis.is_shorter(newest.manifest, known)


def _is_built(run: Run) -> bool:
    """Whether the last build rests on what stands now, and became a publication (or was equal to one)."""
    record = build_record.read(run.root)
    return record is not None and record.publication_id is not None and record.basis == basis(run)


def _are_reported(run: Run) -> bool:
    return reports.is_whole(run.root, reports_basis(run))
