"""What was known: the logs and decisions that a publication rests on, or that stood at a moment, laid out again as a
data root of their own. Ends at that root; what is built from it is the business of a run.
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
class Known:
    """Lines of the logs by file name, and one decision for each submission."""

    logs: Mapping[str, Sequence[bytes]]
    decisions: Sequence[Decision]


def _logs(root: Root) -> list[Path]:
    return [root.deliveries, *(root.received / name for name in records.files())]


def _lines(path: Path) -> list[bytes]:
    """A last line that a kill cut off is not yet one."""
    content = path.read_bytes() if path.is_file() else b""
    return content[: content.rfind(b"\n") + 1].splitlines(keepends=True)


def facts(root: Root, standings: Iterable[SubmissionStatus]) -> dict[str, Any]:
    """What a manifest must hold so that the publication can be made again: how far the logs went, what had been
    decided, and what the register said."""
    return {
        "logs": {path.name: _told(_lines(path)) for path in _logs(root)},
        "decisions": sorted(status.decision.folder_name for status in standings),
        "register": {
            path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(root.register.glob("*.parquet"))
        },
    }


def _told(lines: Sequence[bytes]) -> dict[str, Any]:
    return {"lines": len(lines), "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}


def published(root: Root, manifest: Mapping[str, Any]) -> Known:
    """What a publication rests on; `OperatorError` where the root no longer holds it."""
    name = manifest["publication_id"]
    if "logs" not in manifest:
        raise OperatorError(f"{name} was published before manifests told what they rest on: it cannot be made again.")
    logs = {}
    for path in _logs(root):
        told = manifest["logs"][path.name]
        logs[path.name] = _lines(path)[: told["lines"]]
        if _told(logs[path.name]) != told:
            raise OperatorError(
                f"{path} no longer begins with the {told['lines']:,} lines on which {name} rests: "
                "restore it from a backup."
            )
    standing = {decision.folder_name: decision for options in register.decisions(root).values() for decision in options}
    missing = [name for name in manifest["decisions"] if name not in standing]
    if missing:
        raise OperatorError(
            f"{len(missing):,} decisions on which {name} rests are gone from {root.decided}, "
            f"{missing[0]} among them: restore them from a backup."
        )
    return Known(logs, [standing[name] for name in manifest["decisions"]])


def known(root: Root, moment: dt.datetime) -> Known:
    """What was known at a moment: deliveries received and records made by then, and of the decisions made by then the
    newest on each submission. A decision from before decisions had a log was made when its file came."""
    logs = {path.name: [line for line in _lines(path) if _moment(path, line) <= moment] for path in _logs(root)}
    moment_by_folder = decision_log.moments(root)
    order = {name: number for number, name in enumerate(moment_by_folder)}
    decisions = []
    for options in register.decisions(root).values():
        then = [
            decision
            for decision in options
            if decision.folder_name not in moment_by_folder
            or dt.datetime.fromisoformat(moment_by_folder[decision.folder_name]) <= moment
        ]
        if then:
            decisions.append(
                max(then, key=lambda decision: (order.get(decision.folder_name, -1), len(decision.exceptions)))
            )
    return Known(logs, decisions)


def _moment(path: Path, line: bytes) -> dt.datetime:
    """Deliveries are received, records are recorded."""
    try:
        read = json.loads(line)
        return dt.datetime.fromisoformat(read.get("received_at") or read["recorded_at"])
    except (ValueError, KeyError):
        raise OperatorError(f"{path} has a damaged line: restore the file from a backup.") from None


def lay(root: Root, what: Known, folder: Path) -> Root:
    """A data root under `folder` that holds what was known: its logs, and links to its decisions and held rows."""
    laid = Root(folder / "data")
    for name, lines in what.logs.items():
        path = laid.received / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))
    for decision in what.decisions:
        link = laid.decision_folder(decision)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(root.decision_folder(decision))
    laid.held.symlink_to(root.held)
    return laid.make()
