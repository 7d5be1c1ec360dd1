"""When each decision was made and what its file held: one line per decision in `received/decisions.jsonl`.

A decision itself knows no clock, so that the same input gives the same bytes; its moment stands here, to tell later
what was known when. A folder under `decided/` counts once its line stands: by then it is on the disk. Ends at what the
lines tell of each decision folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.store import log
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.submission import Decision

_MADE, _DROPPED = "decision", "dropped"


@dataclass(frozen=True)
class Told:
    """Of a decision: its dataset, when it was made (UTC, ISO 8601), and the SHA-256 of its `decision.json`, which
    itself holds those of its other files."""

    dataset: str
    at: str
    sha256: str


def add(root: Root, decisions: Iterable[Decision], moment_of: Mapping[str, str] | dt.datetime) -> None:
    """Tells of decisions whose folders are on the disk; what stands already keeps the moment it has.

    A decision made again with other bytes gets another line: the last is the true one. `moment_of`: when they were
    made, all at once (aware) or by decision folder (UTC, ISO 8601).
    """
    known = told(root)
    new = [
        decision
        for decision in decisions
        if decision.folder_name not in known or known[decision.folder_name].sha256 != checksum(decision)
    ]
    log.append(root.decisions, [_entry(decision, moment_of) for decision in new])


def _entry(decision: Decision, moment_of: Mapping[str, str] | dt.datetime) -> log.Entry:
    return log.Entry(
        at=clock.utc_text(moment_of) if isinstance(moment_of, dt.datetime) else moment_of[decision.folder_name],
        actor=log.Actor("program", "skills", decision.program_version),
        kind=_MADE,
        subject=decision.folder_name,
        facts={"dataset": decision.submission.dataset, "sha256": checksum(decision), "outcome": decision.outcome},
    )


def drop(root: Root, folder_names: Iterable[str], now: dt.datetime, reason: str) -> None:
    """Tells that decisions no longer stand: damaged, or of a layout or key of before."""
    actor = log.Actor("program", "skills", reason)
    log.append(
        root.decisions,
        [log.Entry(clock.utc_text(now), actor, _DROPPED, name, {"reason": reason}) for name in folder_names],
    )


def checksum(decision: Decision) -> str:
    """SHA-256 of its `decision.json`."""
    return hashlib.sha256(decision.to_json().encode()).hexdigest()


def told(root: Root) -> Mapping[str, Told]:
    """Decision folder → what its last line tells, in the order made."""
    return _known(root).told


def told_of(root: Root, dataset: str) -> Mapping[str, Told]:
    """The same of one dataset."""
    return _known(root).by_dataset.get(dataset, {})


@dataclass(frozen=True)
class _Known:
    """What a log's entries, as last read, tell."""

    entries: list[log.Entry]
    told: dict[str, Told]
    by_dataset: dict[str, dict[str, Told]]


_KNOWN: dict[Path, _Known] = {}
"""A run asks for all decisions some hundred times, most often for those of one dataset."""


def _known(root: Root) -> _Known:
    entries = log.read(root.decisions)
    known = _KNOWN.get(root.decisions)
    if known is None or known.entries is not entries:
        _KNOWN[root.decisions] = known = _Known(entries, fold(entries), {})
        for folder_name, told in known.told.items():
            known.by_dataset.setdefault(told.dataset, {})[folder_name] = told
    return known


def fold(entries: Iterable[log.Entry]) -> dict[str, Told]:
    """The decisions that stand after some lines."""
    stands: dict[str, Told] = {}
    for entry in entries:
        stands.pop(entry.subject, None)
        if entry.kind == _MADE:
            stands[entry.subject] = Told(entry.facts["dataset"], entry.at, entry.facts["sha256"])
    return stands
