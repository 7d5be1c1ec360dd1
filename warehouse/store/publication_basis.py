"""The logs and decisions that a publication rests on, or that were known at a moment, laid out as a data root.

Reads logs and decisions only. Ends at that root: what is built from it is `orchestration.pipeline.publication_rebuild`,
how a publication is written `warehouse.published.publication`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.store import decision_log, records, register
from warehouse.store.data_root import Root
from warehouse.store.register import SubmissionStatus
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Decision


@dataclass(frozen=True)
class Basis:
    """Lines of the logs by file name, and one decision for each submission."""

    logs: Mapping[str, Sequence[bytes]]
    decisions: Sequence[Decision]


def _logs(root: Root) -> list[Path]:
    return [root.deliveries, *(root.received / name for name in records.files())]


def _lines(path: Path) -> list[bytes]:
    """A last line that a kill cut off is not yet one."""
    content = path.read_bytes() if path.is_file() else b""
    return content[: content.rfind(b"\n") + 1].splitlines(keepends=True)


def manifest_facts(root: Root, statuses: Iterable[SubmissionStatus]) -> dict[str, Any]:
    """What a manifest must hold so that the publication can be made again: how far the logs went, what had been
    decided, and what the register said."""
    return {
        **basis_facts(root, statuses),
        "register": {
            path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(root.register.glob("*.parquet"))
        },
    }


def basis_facts(root: Root, statuses: Iterable[SubmissionStatus]) -> dict[str, Any]:
    """How far the logs go and what is decided: where both are the same, a build gives the same."""
    return {
        "logs": {path.name: _extent(_lines(path)) for path in _logs(root)},
        "decisions": sorted(status.decision.folder_name for status in statuses),
    }


def is_shorter(manifest: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a manifest's logs end before those of another: it knows less than that one did."""
    known = {name: told["lines"] for name, told in manifest.get("logs", {}).items()}
    return any(known.get(name, 0) < told["lines"] for name, told in other.get("logs", {}).items())


def _extent(lines: Sequence[bytes]) -> dict[str, Any]:
    return {"lines": len(lines), "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}


def of_publication(root: Root, manifest: Mapping[str, Any]) -> Basis:
    """What a publication rests on; `OperatorError` where the root no longer holds it."""
    name = manifest["publication_id"]
    if "logs" not in manifest:
        raise OperatorError(f"{name} was published before manifests told what they rest on: it cannot be made again.")
    logs = {}
    for path in _logs(root):
        told = manifest["logs"][path.name]
        logs[path.name] = _lines(path)[: told["lines"]]
        if _extent(logs[path.name]) != told:
            raise OperatorError(
                f"{path} no longer begins with the {told['lines']:,} lines on which {name} rests: "
                "restore it from a backup."
            )
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
    newest on each submission. A decision from before decisions had a log was made when its file came."""
    logs = {path.name: _lines_until(path, moment) for path in _logs(root)}
    moment_by_folder = decision_log.moments(root)
    order = {name: number for number, name in enumerate(moment_by_folder)}
    decisions = []
    for options in register.decisions(root).values():
        known = [
            decision
            for decision in options
            if decision.folder_name not in moment_by_folder
            or dt.datetime.fromisoformat(moment_by_folder[decision.folder_name]) <= moment
        ]
        if known:
            decisions.append(
                max(known, key=lambda decision: (order.get(decision.folder_name, -1), len(decision.exceptions)))
            )
    return Basis(logs, decisions)


def _lines_until(path: Path, moment: dt.datetime) -> list[bytes]:
    return [line for line in _lines(path) if _moment(path, line) <= moment]


def _moment(path: Path, line: bytes) -> dt.datetime:
    """Deliveries are received, records are recorded."""
    try:
        read = json.loads(line)
        return dt.datetime.fromisoformat(read.get("received_at") or read["recorded_at"])
    except (ValueError, KeyError):
        raise OperatorError(f"{path} has a damaged line: restore the file from a backup.") from None


def lay_root(root: Root, basis: Basis, folder: Path) -> Root:
    """A data root under `folder` that holds what was known: its logs, and links to its decisions and held rows."""
    laid = Root(folder / "data")
    for name, lines in basis.logs.items():
        path = laid.received / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))
    for decision in basis.decisions:
        link = laid.decision_folder(decision)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(root.decision_folder(decision))
    laid.held.symlink_to(root.held)
    return laid.make()
