"""The logs and decisions that a publication rests on, or that were known at a moment, laid out as a data root.

Reads logs and decisions only. Ends at that root: what is built from it is `orchestration.pipeline.publication_rebuild`,
how a publication is written `warehouse.published.publication`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.store import decision_log, demo_mark, held_back, log, register, snapshot
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import Decision


@dataclass(frozen=True)
class Basis:
    """Entries of the logs by file name, and one decision for each submission."""

    logs: Mapping[str, Sequence[log.Entry]]
    decisions: Sequence[Decision]


def manifest_facts(root: Root, statuses: Iterable[SubmissionStatus]) -> dict[str, Any]:
    """What a manifest must hold so that the publication can be made again: how far the logs went, what had been
    decided, which rows stood, what was held back of them, and what the register said."""
    statuses = list(statuses)
    names = {status.decision.submission_id: redact(status.decision.reading.file.name) for status in statuses}
    return {
        "snapshot": snapshot.pinned(root),
        "held_back": held_back.read(root).facts(names),
        **basis_facts(root, statuses),
        "logs": log.heads(root),
        "register": {
            path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(root.register.glob("*.parquet"))
        },
    }


def basis_facts(root: Root, statuses: Iterable[SubmissionStatus]) -> dict[str, Any]:
    """How far the logs go and what is decided: where both are the same, a build gives the same."""
    return {"logs": log.known(root), "decisions": sorted(status.decision.folder_name for status in statuses)}


def is_shorter(manifest: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a manifest's logs end before those of another: it knows less than that one did."""
    known = {name: told["lines"] for name, told in manifest.get("logs", {}).items()}
    return any(known.get(name, 0) < told["lines"] for name, told in other.get("logs", {}).items())


def of_publication(root: Root, manifest: Mapping[str, Any]) -> Basis:
    """What a publication rests on; `OperatorError` where the root no longer holds it."""
    name = manifest["publication_id"]
    if any("head" not in stood for stood in manifest.get("logs", {"": {}}).values()):
        raise OperatorError(f"{name} was published before manifests told what they rest on: it cannot be made again.")
    logs = {}
    for file, stood in manifest["logs"].items():
        path = log.path(root, file)
        if not log.begins_with(path, stood):
            raise OperatorError(
                f"{path} no longer begins with the {stood['lines']:,} lines on which {name} rests: "
                "restore it from a backup."
            )
        logs[file] = log.read(path)[: stood["lines"]]
    by_folder = {
        decision.folder_name: decision for options in register.decisions(root).values() for decision in options
    }
    missing = [folder_name for folder_name in manifest["decisions"] if folder_name not in by_folder]
    if missing:
        raise OperatorError(
            f"{len(missing):,} decisions on which {name} rests are gone from {root.decided}, "
            f"{missing[0]} among them: restore them from a backup."
        )
    return Basis(logs, [by_folder[folder_name] for folder_name in manifest["decisions"]])


def known_at(root: Root, moment: dt.datetime) -> Basis:
    """What was known at a moment: deliveries received and records made by then, and of the decisions made by then the
    newest on each submission. In a demo, which lives through its year in a minute, the program does at once what it
    does when a file comes: all that it tells of a submission that had come by then."""

    def has_come(entry: log.Entry) -> bool:
        return dt.datetime.fromisoformat(entry.at) <= moment

    came = {entry.subject for entry in log.read(root.deliveries) if demo_mark.is_demo(root) and has_come(entry)}

    def is_known(entry: log.Entry) -> bool:
        of_program = entry.actor.kind == log.PROGRAM.kind
        return has_come(entry) or (of_program and entry.subject.partition("@")[0] in came)

    logs = {path.name: list(filter(is_known, log.read(path))) for path in log.paths(root)}
    told = decision_log.fold(logs.get(root.decisions.name, ()))
    order = {folder_name: number for number, folder_name in enumerate(told)}
    decided = {folder_name.partition("@")[0] for folder_name in told}
    decisions = []
    for submission_id, options in register.decisions(root).items():
        known = [decision for decision in options if decision.folder_name in told]
        if known:
            decisions.append(max(known, key=lambda decision: order[decision.folder_name]))
        elif submission_id in decided:  # it was damaged since, and decided again
            decisions.append(max(options, key=lambda decision: decision.folder_name))
    return Basis(logs, decisions)


def lay_root(root: Root, basis: Basis, folder: Path) -> Root:
    """A data root under `folder` that holds what was known: its logs, and links to its decisions and held rows."""
    laid = Root(folder / "data")
    for name, entries in basis.logs.items():
        log.append(laid.received / name, entries)
    for decision in basis.decisions:
        link = laid.decision_folder(decision)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(root.decision_folder(decision))
    laid.inbox.mkdir(parents=True)
    laid.held.symlink_to(root.held)
    if demo_mark.is_demo(root):
        laid.demo_mark.write_bytes(root.demo_mark.read_bytes())
    # A decision that was made again since, with other bytes, stands there as it is now.
    decision_log.add(laid, basis.decisions, _moments(root))
    return laid.make()


def _moments(root: Root) -> dict[str, str]:
    return {folder_name: told.at for folder_name, told in decision_log.told(root).items()}
